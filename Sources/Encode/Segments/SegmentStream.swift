import CFFmpeg
package import Pipeline
import Synchronization

/// Cuts a live picture into segments of a second for players that fetch them (HTTP Live Streaming, RFC 8216), and keeps the
/// newest in memory. They are made while somebody asks, and for a while after, or always.
package final class SegmentStream: StreamReader {
    /// What a playlist tells.
    package struct List: Sendable {
        package let segments: [MediaSegment]
        /// How many discontinuities came before them.
        package let pastDiscontinuities: Int
        /// Seconds, whole ones: no segment is longer, rounded.
        package let targetSeconds: Int
    }

    private struct State: @unchecked Sendable {
        var window = SegmentWindow()
        var muxer: SegmentMuxer?
        /// The picture time that is the head's 0.
        var origin: Int64 = 0
        /// The last packet, which waits for the next to know how long its picture is shown.
        var held: EncodedPacket?
        /// The first packet of the segment that is being made.
        var first: PictureStamp?
        var interval: Int64 = 40_000
        var awaitsKey = true
        var targetSeconds = 1
        /// Until when somebody is taken to look.
        var until: Int64 = .min
    }

    private let isAlways: Bool
    private let clock: any SystemClock
    private let state = Mutex(State())

    /// Microseconds: who has not asked for so long is gone.
    private static let grace: Int64 = 30_000_000
    /// A segment is not cut before, where key pictures come for others.
    private static let shortest: Int64 = 500_000
    /// A gap that is shown as one.
    private static let largestStep: Int64 = 10_000_000

    /// - Parameter isAlways: whether they are made also while nobody asks.
    package init(isAlways: Bool = false, clock: any SystemClock = LinuxClock()) {
        (self.isAlways, self.clock) = (isAlways, clock)
    }

    // MARK: - Who fetches

    /// Somebody wants segments.
    package func ask() {
        state.withLock { $0.until = clock.monotonicTime + Self.grace }
    }

    package var list: List {
        state.withLock { state in
            List(
                segments: Array(state.window.newest), pastDiscontinuities: state.window.pastDiscontinuities,
                targetSeconds: state.targetSeconds)
        }
    }

    package func segment(_ number: Int) -> MediaSegment? {
        state.withLock { state in state.window.segments.first { $0.number == number } }
    }

    package func head(_ number: Int) -> [UInt8]? { state.withLock { $0.window.heads[number] } }

    // MARK: - The hub's reader

    package var isReading: Bool { state.withLock { isReading($0) } }

    private func isReading(_ state: State) -> Bool { isAlways || clock.monotonicTime < state.until }

    package func wish(for picture: PictureStamp) -> PictureWish {
        state.withLock { state in isReading(state) ? state.awaitsKey ? .start : .picture : .none }
    }

    package func read(_ packet: EncodedPacket) {
        state.withLock { state in
            do throws(FFmpegError) {
                try take(packet, &state)
            } catch {
                // Memory is short: what comes next begins anew.
                (state.muxer, state.held, state.first, state.awaitsKey) = (nil, nil, nil, true)
            }
        }
    }

    package func miss(_ picture: PictureStamp, because reason: MissReason) { state.withLock { $0.awaitsKey = true } }

    /// Nobody looks, or other pictures come.
    package func end() {
        state.withLock { state in
            try? cut(&state, at: nil)
            (state.muxer, state.awaitsKey) = (nil, true)
            if !isReading(state) { state.window.clear() }
        }
    }

    // MARK: - Under the lock

    private func take(_ packet: EncodedPacket, _ state: inout State) throws(FFmpegError) {
        let time = packet.picture.time
        if state.awaitsKey {
            guard packet.isKey else { return }
            state.awaitsKey = false
        }
        if let last = state.held?.picture.time {
            let goesOn =
                time > last && time - last <= Self.largestStep
                && state.muxer.map { packet.format.continues($0.format) } == true
            if !goesOn {
                try cut(&state, at: nil)
                state.muxer = nil
            } else if packet.beginsFragment, let first = state.first, time - first.time >= Self.shortest {
                try cut(&state, at: time)
            }
        }
        if state.muxer == nil {
            let muxer = try SegmentMuxer(packet.format)
            state.window.append(head: muxer.head)
            (state.muxer, state.origin) = (muxer, time)
            state.interval = packet.format.frameRate.microseconds
        }
        try writeHeld(&state, until: time)
        if state.first == nil { state.first = packet.picture }
        state.held = packet
    }

    private func writeHeld(_ state: inout State, until next: Int64?) throws(FFmpegError) {
        guard let held = state.held else { return }
        state.held = nil
        if let next { state.interval = next - held.picture.time }
        try state.muxer?.write(held, at: held.picture.time - state.origin, duration: state.interval)
    }

    /// Ends the segment that is being made.
    ///
    /// - Parameter time: of the picture that comes next; nil: unknown.
    private func cut(_ state: inout State, at time: Int64?) throws(FFmpegError) {
        guard let muxer = state.muxer, let first = state.first, let last = state.held?.picture.time else { return }
        try writeHeld(&state, until: time)
        let seconds = Double(last + state.interval - first.time) / 1_000_000
        state.window.append(try muxer.cut(), seconds: seconds, wall: first.wall)
        state.first = nil
        state.targetSeconds = max(state.targetSeconds, Int(seconds.rounded()))
    }
}
