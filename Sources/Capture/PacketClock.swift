import CFFmpeg

/// Makes the times of all streams start near 0 together, so that audio stays in sync, and mends jumps.
///
/// Transport streams and the like may start anywhere, wrap, and start again where two recordings were joined. Like the
/// `ffmpeg` program, we take a step back by more than 0.1 s or ahead by more than 10 s for such a joint, and go on
/// where the stream was. Unlike it, a stream changes over when it meets the joint itself, not when another one does.
struct PacketClock {
    private struct Track {
        /// Added to the file's times; microseconds.
        var offset: Int64
        /// When the next packet is due, after the offset; microseconds.
        var due: Int64?
        /// The last decoding time that was given out, in the stream's own unit.
        var last: Int64?
    }

    private let mayJump: Bool
    /// Of the newest part of the file; microseconds.
    private var offset: Int64
    private var tracks: [Int32: Track] = [:]

    /// - Parameter start: the file's own start in microseconds; nil: unknown.
    /// - Parameter mayJump: whether the format allows jumps (`AVFMT_TS_DISCONT`).
    init(start: Int64?, mayJump: Bool) {
        offset = -(start ?? 0)
        self.mayJump = mayJump
    }

    /// Shifts a packet's times. Audio and subtitles come out with rising decoding times, as muxers demand.
    mutating func shift(_ packet: UnsafeMutablePointer<AVPacket>, _ timeBase: AVRational, _ kind: AVMediaType) {
        let number = packet.pointee.stream_index
        var track = tracks[number] ?? Track(offset: offset)
        if kind == AVMEDIA_TYPE_SUBTITLE {
            // Too sparse to see a joint by themselves.
            track.offset = offset
        } else if mayJump, let dts = knownTime(packet.pointee.dts) {
            let time = av_rescale_q(dts, timeBase, microseconds)
            if let due = track.due, isJump(time &+ track.offset &- due) {
                let isFirstToMeetIt = track.offset == offset || abs(time &+ offset &- due) > largestGap
                if isFirstToMeetIt { offset = due &- time }
                track.offset = offset
            }
            track.due =
                time &+ track.offset &+ av_rescale_q(knownTime(packet.pointee.duration) ?? 0, timeBase, microseconds)
        }
        let shift = av_rescale_q(track.offset, microseconds, timeBase)
        var dts = knownTime(packet.pointee.dts).map { $0 &+ shift }
        var pts = knownTime(packet.pointee.pts).map { $0 &+ shift }
        if kind != AVMEDIA_TYPE_VIDEO, let read = dts {
            let rising = max(read, (track.last ?? read - 1) + 1)
            dts = rising
            pts = pts.map { max($0, rising) }
            track.last = rising
        }
        packet.pointee.dts = dts ?? shim_no_pts
        packet.pointee.pts = pts ?? shim_no_pts
        tracks[number] = track
    }

    private let largestGap: Int64 = 10_000_000

    private func isJump(_ delta: Int64) -> Bool { delta < -100_000 || delta > largestGap }

    private let microseconds = AVRational(num: 1, den: AV_TIME_BASE)
}

/// A time from a file, or nil if there is none, or one so large that to calculate with it would overflow.
func knownTime(_ time: Int64) -> Int64? {
    time == shim_no_pts || time.magnitude > 1 << 60 ? nil : time
}
