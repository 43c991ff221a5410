import CFFmpeg

/// Gives every picture a time later than the last one's. A variable frame rate stays variable.
struct Timeline {
    /// In units of the stream's time base; 0: unknown.
    private let meanDuration: Int64
    private var last: (pts: Int64, duration: Int64)?

    init(timeBase: AVRational, frameRate: AVRational) {
        let isKnown = frameRate.num > 0 && frameRate.den > 0
        meanDuration = isKnown ? max(0, knownTime(av_rescale_q(1, av_inv_q(frameRate), timeBase)) ?? 0) : 0
    }

    /// What comes next does not follow from what was.
    mutating func forget() { last = nil }

    /// - Parameter pts: the decoder's best guess; nil: none.
    /// - Parameter duration: 0: unknown, the mean is taken.
    mutating func place(pts: Int64?, duration: Int64) -> (pts: Int64, duration: Int64) {
        let length = duration > 0 && knownTime(duration) != nil ? duration : meanDuration
        var time = pts ?? last.map { $0.pts + max(1, $0.duration) } ?? 0
        if let last { time = max(time, last.pts + 1) }
        last = (time, length)
        return (time, length)
    }
}
