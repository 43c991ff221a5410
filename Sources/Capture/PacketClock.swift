import CFFmpeg

/// Makes the times of all streams start near 0 together, so that audio stays in sync, and mends jumps.
///
/// Transport streams and the like may start anywhere, wrap, and start again where two recordings were joined. Like the
/// `ffmpeg` program, we take a step back by more than 0.1 s or ahead by more than 10 s for such a joint, and go on
/// where the stream was. Unlike it, a stream changes over when it meets the joint itself, not when another one does.
///
/// In other formats a long gap is one that was recorded; only a step back by more than a second, or ahead by more than
/// 30 hours (as `ffmpeg` has it), is a joint.
struct PacketClock {
    /// A joint, as a stream meets it. In seconds.
    struct Jump: Equatable {
        /// Where, in the times that are given out.
        let at: Double
        /// How far the file's own times jump; less than 0: back.
        let by: Double
    }

    private struct Track {
        /// Added to the file's times; microseconds.
        var offset: Int64
        /// When the next packet is due, after the offset; microseconds.
        var due: Int64?
        /// The last decoding time that was given out, in the stream's own unit.
        var last: Int64?
    }

    private let largestStepBack: Int64
    private let largestGap: Int64
    /// Of the newest part of the file; microseconds.
    private var offset: Int64
    private var tracks: [Int32: Track] = [:]

    /// - Parameter start: the file's own start in microseconds; nil: unknown.
    /// - Parameter mayJump: whether the format allows jumps (`AVFMT_TS_DISCONT`).
    init(start: Int64?, mayJump: Bool) {
        offset = -(start ?? 0)
        largestStepBack = mayJump ? 100_000 : 1_000_000
        largestGap = mayJump ? 10_000_000 : 30 * 3_600_000_000
    }

    /// Shifts a packet's times. All but video comes out with rising decoding times, as muxers demand.
    ///
    /// - Parameter wrapBits: after so many bits the format's times begin at 0 again.
    /// - Parameter isForMuxer: false for what is read for its times, which come out as they are.
    /// - Returns: the joint that the stream meets with this packet; nil: none, or only the times' wrap.
    @discardableResult
    mutating func shift(
        _ packet: UnsafeMutablePointer<AVPacket>, _ timeBase: AVRational, _ kind: AVMediaType, wrapBits: Int32 = 64,
        isForMuxer: Bool = true
    ) -> Jump? {
        var jump: Jump?
        let number = packet.pointee.stream_index
        var track = tracks[number] ?? Track(offset: offset)
        if [AVMEDIA_TYPE_SUBTITLE, AVMEDIA_TYPE_DATA].contains(kind) {
            // Too sparse to see a joint by themselves.
            track.offset = offset
        } else if let dts = knownTime(packet.pointee.dts) {
            let time = av_rescale_q(dts, timeBase, microseconds)
            if let due = track.due, case let delta = time &+ track.offset &- due, isJump(delta) {
                let turns = Self.turns(in: delta, timeBase, wrapBits)
                let isWrap = !isJump(delta &- turns)
                let isFirstToMeetIt = track.offset == offset || isJump(time &+ offset &- due)
                if isFirstToMeetIt { offset = isWrap ? track.offset &- turns : due &- time }
                track.offset = offset
                if !isWrap { jump = Jump(at: Double(due) / 1e6, by: Double(delta &- turns) / 1e6) }
            }
            track.due =
                time &+ track.offset &+ av_rescale_q(knownTime(packet.pointee.duration) ?? 0, timeBase, microseconds)
        }
        let shift = av_rescale_q(track.offset, microseconds, timeBase)
        var dts = knownTime(packet.pointee.dts).map { $0 &+ shift }
        var pts = knownTime(packet.pointee.pts).map { $0 &+ shift }
        if kind != AVMEDIA_TYPE_VIDEO, isForMuxer, let read = dts {
            let rising = max(read, (track.last ?? read - 1) + 1)
            dts = rising
            pts = pts.map { max($0, rising) }
            track.last = rising
        }
        packet.pointee.dts = dts ?? shim_no_pts
        packet.pointee.pts = pts ?? shim_no_pts
        tracks[number] = track
        return jump
    }

    /// Reading goes on elsewhere in the file, which is no joint.
    mutating func forgetPosition() {
        tracks = tracks.mapValues { Track(offset: $0.offset) }
    }

    private func isJump(_ delta: Int64) -> Bool { delta < -largestStepBack || delta > largestGap }

    /// What of a difference are whole turns of the format's counter; libavformat adds one where a file begins high and
    /// goes on low. Microseconds.
    private static func turns(in delta: Int64, _ timeBase: AVRational, _ wrapBits: Int32) -> Int64 {
        guard (1..<62).contains(wrapBits) else { return 0 }
        let turn = av_rescale_q(1 << Int64(wrapBits), timeBase, microseconds)
        guard turn > 0 else { return 0 }
        return Int64((Double(delta) / Double(turn)).rounded()) &* turn
    }

    private static let microseconds = AVRational(num: 1, den: AV_TIME_BASE)
    private let microseconds = Self.microseconds
}

/// A time from a file, or nil if there is none, or one so large that to calculate with it would overflow.
func knownTime(_ time: Int64) -> Int64? {
    time == shim_no_pts || time.magnitude > 1 << 60 ? nil : time
}
