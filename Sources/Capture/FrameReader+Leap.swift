import CFFmpeg
import Pipeline

extension FrameReader {
    /// The next picture that comes at a time or later. Those before it are decoded only as far as it needs them; where the
    /// file has an index of key pictures, what lies before the last of these is not even read.
    ///
    /// - Parameter seconds: not before that of the last call.
    func next(from seconds: Double) throws(CaptureError) -> Frame? {
        leap.wanted = seconds
        defer { leap.wanted = -.infinity }
        try leapAhead()
        while let picture = try next() {
            if picture.seconds >= seconds { return picture }
        }
        return nil
    }

    /// Reads on from the key picture before what is wanted, if that lies ahead.
    private func leapAhead() throws(CaptureError) {
        guard canLeap, let time = leap.target else { return }
        if decoder.takeComplaint() { countCorruptPacket() }
        // Where that failed, nobody knows where the file stands.
        guard leap.index?.seek(demuxer.context, before: time) == nil else { return try startAgain() }
        forgetPosition()
        while firstAhead == nil, try readAhead() || canLeap {}
        if let first = firstAhead, leap.land(on: first.av) { return }
        try startAgain()
    }

    /// Whether a picture is to be left out: it came too early after a leap, or decoding begins anew.
    func passesOver(_ picture: UnsafeMutablePointer<AVFrame>) throws(CaptureError) -> Bool {
        let isLanding = leap.landing != nil
        switch leap.arrival(picture) {
        case .wanted:
            // Of pictures before it, which refer to what was not read.
            if isLanding { _ = decoder.takeComplaint() }
            return false
        case .early: break
        case .wrong: try startAgain()
        }
        return true
    }

    /// Decodes all from the first picture on: the index is wrong.
    func startAgain() throws(CaptureError) {
        guard !isInterrupted else { return }
        // Of pictures that refer to what was not read.
        _ = decoder.takeComplaint()
        let failure = leap.index?.rewind(demuxer.context)
        (leap.index, leap.landing) = (nil, nil)
        forgetPosition()
        if let failure { end(failure) }
    }
}
