import CFFmpeg
import Pipeline

/// Tells when the pictures of a live stream were taken: by the stream's own times, which are even, set to our clock by
/// when packets arrive, which is not. For one connection.
///
/// A packet cannot arrive before its picture is taken, and the network delays each differently; so the packet with the
/// smallest delay of the last seconds tells best how the two clocks compare: capture time = stream time + the smallest
/// (arrival − stream time). The network's jitter is not in the result, and a sender's clock that goes wrong is followed.
/// What the sender and the network need at least for every picture cannot be known, and is in the result.
struct ArrivalClock {
    /// Unit of the stream's times; nil: it has none, and pictures are taken when they arrive.
    private let timeBase: AVRational?
    private var wall: WallOffset
    /// The smallest delay first, then the smallest after that one, and so on; microseconds.
    private var delays: [(noted: Int64, delay: Int64)] = []
    /// Counts on as packets arrive, and not while none does: a pause must not make us forget.
    private var activeTime: Int64 = 0
    private var lastArrival: Int64?
    /// The highest stream time.
    private var latest: Int64?

    /// Delays older than this are forgotten; microseconds.
    private static let window: Int64 = 5_000_000
    /// Of the time between two packets no more counts.
    private static let longestPause: Int64 = 1_000_000
    /// Times that go back by more than the reordering of pictures: the sender's clock was set anew.
    private static let largestReordering: Int64 = 1_000_000

    init(timeBase: AVRational?, _ clock: any SystemClock) {
        self.timeBase = timeBase
        wall = WallOffset(clock.captureTime)
    }

    /// Looks whether the wall clock was set.
    mutating func follow(_ clock: any SystemClock) { wall.follow(clock) }

    /// Learns from a packet of the video.
    ///
    /// - Parameter pts: in the stream's unit; nil: it has none.
    /// - Parameter arrival: microseconds of the monotonic clock.
    mutating func note(pts: Int64?, arrival: Int64) {
        let pause = lastArrival.map { arrival - $0 } ?? 0
        activeTime += max(0, min(pause, Self.longestPause))
        lastArrival = arrival
        guard let time = microseconds(pts) else { return }
        if let latest, time < latest - Self.largestReordering {
            delays = []
            self.latest = nil
        }
        latest = max(latest ?? time, time)
        let delay = arrival - time
        while let last = delays.last, last.delay >= delay { delays.removeLast() }
        delays.append((activeTime, delay))
        while let first = delays.first, first.noted < activeTime - Self.window { delays.removeFirst() }
    }

    /// When a picture was taken.
    ///
    /// - Parameter now: microseconds of the monotonic clock, for a picture without a time of a stream without packets.
    func time(ofPTS pts: Int64?, now: Int64) -> CaptureTime {
        let arrival = lastArrival ?? now
        let taken = if let time = microseconds(pts), let delay = delays.first?.delay { time + delay } else { arrival }
        return wall.time(monotonic: taken)
    }

    private func microseconds(_ pts: Int64?) -> Int64? {
        guard let pts, let timeBase else { return nil }
        return knownTime(av_rescale_q(pts, timeBase, LiveTimeline.timeBase))
    }
}
