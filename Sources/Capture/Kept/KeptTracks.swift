import CFFmpeg
package import Kept
package import Pipeline

/// A kept recording as it lies in the file: the packets of its video and its sound, and what was seen in each picture. Nothing of
/// the video is decoded, so it is read as fast as the disk is.
///
/// The file is read twice: the pictures' times are known only when all packets have come by.
package final class KeptTracks {
    package let facts: KeptFacts
    package let video: AuxiliaryStream
    /// The one that players choose; nil: the recording is silent.
    package let sound: AuxiliaryStream?
    /// When each picture is shown, ascending, in the unit of the video's packets. What an edit list leaves out is not among them.
    package private(set) var times: [Int64] = []

    /// - Note: `stream_index` of the packets is what it is in the file.
    package enum Piece {
        case video(Packet)
        case sound(Packet)
    }

    private let config: CaptureConfig
    private let interrupt: Interrupt
    private var demuxer: Demuxer
    private var seen: SeenBeside
    private let soundNumber: Int32?
    private var isAtEnd = false

    /// Opens the file and reads the times.
    ///
    /// - Parameter interrupt: ends reading; whoever raised it takes nothing of what is here for whole.
    /// - Throws: `CaptureError`, `.kept` for what is no kept recording.
    package init(_ path: String, interrupt: Interrupt) throws(CaptureError) {
        try SeenBeside.checkThatItIsAFile(path)
        var config = CaptureConfig()
        config.input = path
        (self.config, self.interrupt) = (config, interrupt)
        let demuxer = try Demuxer(config, CallWatch(interrupt, LinuxClock()))
        self.demuxer = demuxer
        seen = try SeenBeside(demuxer)
        facts = seen.facts
        let stream = demuxer.streams[facts.video]
        let found = av_find_best_stream(demuxer.context, AVMEDIA_TYPE_AUDIO, -1, stream.pointee.index, nil, 0)
        soundNumber = found >= 0 ? found : nil
        do {
            video = try AuxiliaryStream(copying: stream)
            sound = try soundNumber.map { number throws(FFmpegError) in
                try AuxiliaryStream(copying: demuxer.streams[Int(number)])
            }
        } catch {
            throw .outOfMemory
        }
        try readTimes()
        self.demuxer = try Demuxer(config, CallWatch(interrupt, LinuxClock()))
        seen = try SeenBeside(self.demuxer)
        // Somebody has put another file there meanwhile.
        guard seen.facts == facts else { throw .kept(input: demuxer.location.name, .unreadable) }
        keep(seen.streams.wanted.union([Int32(facts.video)]).union(soundNumber.map { [$0] } ?? []))
    }

    /// The next packet of video or sound, as the file has them; nil at the end.
    package func next() throws(CaptureError) -> Piece? {
        while !isAtEnd {
            guard let packet = try read() else {
                isAtEnd = true
                seen.finish()
                return nil
            }
            let number = packet.av.pointee.stream_index
            if number == facts.video { return .video(packet) }
            if number == soundNumber { return .sound(packet) }
            seen.append(packet)
        }
        return nil
    }

    /// Whether enough was read to tell what was seen in the picture of a number in `times`; asked for one after the other.
    package func isReady(for picture: Int) throws(CaptureError) -> Bool {
        try seen.isReady(for: Double(times[picture]) * av_q2d(video.timeBase))
    }

    /// What was seen in the picture that was asked for last, a map a heat track; nil: the file does not tell.
    package func take() -> (record: KeptRecord?, maps: [Heatmap?]) { seen.take() }

    /// Names of classes by their numbers, of all that have come by.
    package var names: [Int: String] { seen.names }

    /// Whether a packet of the video becomes a picture that is shown.
    package func isShown(_ packet: Packet) -> Bool {
        let av = packet.av.pointee
        guard av.flags & AV_PKT_FLAG_DISCARD == 0, av.pts != shim_no_pts, av.size > 0, let data = av.data else {
            return false
        }
        // VP8 has pictures that others only refer to (RFC 6386, section 9.1: show_frame).
        return video.parameters.pointee.codec_id != AV_CODEC_ID_VP8 || data[0] & 0x10 != 0
    }

    private func readTimes() throws(CaptureError) {
        keep([Int32(facts.video)])
        while let packet = try read() {
            if packet.av.pointee.stream_index == facts.video, isShown(packet) { times.append(packet.av.pointee.pts) }
        }
        times.sort()
        guard !times.isEmpty else {
            throw .nothingDecoded(input: demuxer.location.name, packets: 0, cause: nil)
        }
    }

    private func keep(_ wanted: Set<Int32>) {
        for stream in demuxer.streams where !wanted.contains(stream.pointee.index) {
            stream.pointee.discard = AVDISCARD_ALL
        }
    }

    private func read() throws(CaptureError) -> Packet? {
        guard let av = av_packet_alloc() else { throw .outOfMemory }
        let packet = Packet(adopting: av)
        switch demuxer.read(into: av) {
        case .packet: return packet
        case .end: return nil
        case .interrupted: throw .interrupted
        case .failed(let error): throw .cannotOpen(input: demuxer.location.name, cause: error)
        }
    }
}
