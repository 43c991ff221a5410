import CFFmpeg
import Pipeline
import Synchronization

/// A target's side of a live picture: connects, sends, and connects again after a while when that fails. What takes its
/// time is done where `read` and `end` are called, on the thread of a `QueuedReader`.
///
/// While there is no connection it wishes for no picture, so that nothing is encoded for it, but for one from time to time,
/// which tells how the pictures are encoded: it takes that to connect.
final class PushWriter: PacketReader {
    /// Opens a connection.
    ///
    /// - Parameters:
    ///   - sound: nil: there is none.
    ///   - wall: when the picture with the time 0 was taken.
    typealias Connect =
        @Sendable (_ format: EncodedFormat, _ sound: AuxiliaryStream?, _ wall: Int64)
        throws(FFmpegError) -> any PushSink

    private enum Phase: Equatable {
        /// Until a time of the monotonic clock.
        case away(until: Int64)
        /// It has wished for a picture, to connect with.
        case asked
        case connected(awaitsKey: Bool)
    }

    private struct State {
        var phase = Phase.away(until: 0)
        var isEnding = false
        var status: PushStatus
        var backoff = Backoff()
        var connectedAt: Int64 = 0
        /// What was told last; nil: nothing was.
        var told: PushEvent?
    }

    /// Only where `read` and `end` are called.
    private struct Line: @unchecked Sendable {
        var sink: (any PushSink)?
        var format: EncodedFormat?
        var sound: AuxiliaryStream?
        var clock = PushClock()
        var soundClock = SoundClock()
    }

    private let watch: CallWatch
    private let clock: any SystemClock
    private let connect: Connect
    /// Waits for the pictures.
    let sound = PushSound()
    private let onEvent: @Sendable (PushEvent) -> Void
    private let state: Mutex<State>
    private let line = Mutex(Line())

    /// Microseconds: a connection that lasted so long was none that is refused again at once.
    private static let lasting: Int64 = 10_000_000
    /// Seconds.
    static let timeToConnect = 10.0
    private static let timeToClose = 0.5

    /// - Parameters:
    ///   - name: the target's, without secrets.
    ///   - watch: ends what blocks.
    ///   - onEvent: called on any thread. Must not wait.
    init(
        _ name: String, _ watch: CallWatch, _ clock: any SystemClock, connect: @escaping Connect,
        onEvent: @escaping @Sendable (PushEvent) -> Void
    ) {
        (self.watch, self.clock, self.connect, self.onEvent) = (watch, clock, connect, onEvent)
        state = Mutex(State(status: PushStatus(target: name, since: clock.wallTime)))
    }

    var status: PushStatus { state.withLock { $0.status } }

    /// From now on it wishes for nothing, and `end` ends the connection.
    func beginEnd() { state.withLock { $0.isEnding = true } }

    // MARK: - The encoder's side

    var isReading: Bool {
        state.withLock { state in
            guard !state.isEnding else { return false }
            return switch state.phase {
            case .away(let time): clock.monotonicTime >= time
            case .asked: false
            case .connected: true
            }
        }
    }

    func wish(for picture: PictureStamp) -> PictureWish {
        state.withLock { state in
            guard !state.isEnding else { return .none }
            switch state.phase {
            case .away(let time):
                guard clock.monotonicTime >= time else { return .none }
                state.phase = .asked
                return .start
            case .asked: return .none
            case .connected(let awaitsKey): return awaitsKey ? .start : .picture
            }
        }
    }

    func miss(_ picture: PictureStamp, because reason: MissReason) {
        state.withLock { state in
            switch state.phase {
            case .away: break
            case .asked:
                if case .encoder(let error) = reason { state.status.problem = "\(error)" }
                state.phase = .away(until: clock.monotonicTime + Self.pause(&state.backoff))
            case .connected: state.status.dropped[reason.name, default: 0] += 1
            }
        }
    }

    // MARK: - The thread's side

    func read(_ packet: EncodedPacket) {
        switch state.withLock({ $0.phase }) {
        case .away: lose("connection")
        case .asked: open(packet)
        case .connected(let awaitsKey):
            guard packet.isKey || !awaitsKey else { return lose("until-key") }
            if awaitsKey { state.withLock { $0.phase = .connected(awaitsKey: false) } }
            send(packet)
        }
    }

    func end() {
        guard state.withLock({ $0.isEnding }) else { return }
        line.withLock { line in
            line.sink?.close(within: Self.timeToClose)
            line.sink = nil
        }
        state.withLock { $0.phase = .away(until: .max) }
    }

    private func send(_ packet: EncodedPacket) {
        let sound = sound.takeAll(until: packet.picture.wall)
        let isOther = line.withLock { line in
            (line.format.map { !packet.format.continues($0) } ?? true)
                || sound.contains { packet in line.sound.map { !packet.stream.soundsLike($0) } ?? true }
        }
        if isOther {
            // Another size or codec, also of the sound, is another stream.
            line.withLock { line in
                line.sink?.close(within: Self.timeToClose)
                line.sink = nil
            }
            return open(packet)
        }
        do throws(FFmpegError) {
            try line.withLock { line throws(FFmpegError) in
                line.format = packet.format
                let time = line.clock.time(of: packet.picture)
                if case .sent = line.sink?.sound {
                    for heard in sound {
                        guard let at = line.soundClock.time(of: heard, with: packet.picture, at: time) else { continue }
                        try line.sink?.write(heard, at: at)
                    }
                }
                try line.sink?.write(packet, at: time)
            }
            state.withLock { state in
                state.status.pictures += 1
                state.status.bytes += packet.bytes
            }
        } catch {
            lose("connection")
            fail(watch.hasTimedOut ? "it takes no frames" : "\(error)")
        }
    }

    private func open(_ packet: EncodedPacket) {
        note(.connecting)
        watch.allow(seconds: Self.timeToConnect)
        // What was heard before belongs to pictures before.
        sound.clear()
        let (heard, sink): (AuxiliaryStream?, any PushSink)
        do throws(FFmpegError) {
            heard = sound.stream
            sink = try connect(packet.format, heard, packet.picture.wall)
            line.withLock {
                $0 = Line(sink: sink, format: packet.format, sound: heard, clock: PushClock(packet.picture))
            }
        } catch {
            return fail(watch.hasTimedOut ? "it does not answer" : "\(error)")
        }
        let event = state.withLock { state in
            state.phase = .connected(awaitsKey: true)
            state.connectedAt = clock.monotonicTime
            state.status.connections += 1
            state.status.problem = nil
            return Self.news(nil, &state, sink.sound)
        }
        note(.connected)
        if let event { onEvent(event) }
    }

    private func fail(_ problem: String) {
        line.withLock { $0.sink = nil }
        let event = state.withLock { state in
            let now = clock.monotonicTime
            if case .connected = state.phase, now - state.connectedAt >= Self.lasting { state.backoff.reset() }
            state.phase = .away(until: now + Self.pause(&state.backoff))
            state.status.problem = problem
            return state.isEnding ? nil : Self.news(problem, &state)
        }
        note(.waiting)
        if let event { onEvent(event) }
    }

    private func lose(_ reason: String) { state.withLock { $0.status.dropped[reason, default: 0] += 1 } }

    private func note(_ phase: PushStatus.Phase) {
        state.withLock { state in
            guard state.status.phase != phase else { return }
            (state.status.phase, state.status.since) = (phase, clock.wallTime)
        }
    }

    /// - Returns: nil where the same was told last.
    private static func news(
        _ problem: String?, _ state: inout State, _ sound: PushEvent.Sound = .none
    ) -> PushEvent? {
        let event = PushEvent(target: state.status.target, problem: problem, sound: sound)
        defer { state.told = event }
        return event == state.told ? nil : event
    }

    /// Microseconds.
    private static func pause(_ backoff: inout Backoff) -> Int64 { Int64(backoff.next() / .microseconds(1)) }
}

/// The times of one connection's pictures: those of their capture, from 0, and always rising.
struct PushClock {
    private var origin: Int64 = 0
    private var last: Int64 = -1

    /// A step that is none of a rate, but of the source's clock; and what is taken in its place. In microseconds.
    private static let (largestStep, usualStep): (Int64, Int64) = (10_000_000, 40_000)

    init() {}
    /// - Parameter first: has the time 0.
    init(_ first: PictureStamp) { origin = first.time }

    mutating func time(of picture: PictureStamp) -> Int64 {
        var time = picture.time - origin
        if time <= last || time - last > Self.largestStep {
            time = last + Self.usualStep
            origin = picture.time - time
        }
        last = time
        return time
    }
}

extension MissReason {
    /// For counts.
    fileprivate var name: String {
        switch self {
        case .encoder, .leftOut: "encoder"
        case .full: "full"
        case .untilKey: "until-key"
        case .end: "end"
        }
    }
}
