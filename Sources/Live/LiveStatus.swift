import Pipeline
import Serve
import Synchronization

/// What is known of the live picture just now, for those who ask over HTTP.
final class LiveStatus: Sendable {
    private struct State {
        var lastTimes: [ContinuousClock.Instant] = []
        var latency = 0.0
        var mapAge = 0.0
        var top: [ClassScore] = []
        var isRecognised = true
        var size = (width: 0, height: 0)
        var signal = LiveState.Signal(isPresent: false, since: Self.wallTime)
        var source = ""
        var model: String?
        var sequence = 0
        var recording: LiveState.Recording?

        static var wallTime: Double { Double(CaptureTime.now.wall) / 1e6 }
    }

    /// What the frame rate is counted over.
    private static let window = Duration.seconds(2)
    private let state = Mutex(State())

    /// Another model from now on.
    func setModel(_ model: String) { state.withLock { $0.model = model } }

    func open(source: String, model: String?) {
        state.withLock { state in
            state.source = source
            state.model = model
        }
    }

    /// - Returns: the picture's number, which counts all that were shown.
    func nextSequence() -> Int {
        state.withLock { state in
            defer { state.sequence += 1 }
            return state.sequence
        }
    }

    /// A picture of the camera was shown.
    ///
    /// - Parameter seconds: its presentation time.
    /// - Parameter latency, mapAge: in seconds.
    func show(
        sequence: Int, seconds: Double, width: Int, height: Int, latency: Double, mapAge: Double, top: [ClassScore],
        isRecognised: Bool = true
    ) -> LiveEvent.FrameEvent {
        let now = ContinuousClock.now
        return state.withLock { state in
            state.lastTimes.removeAll { now - $0 > Self.window }
            state.lastTimes.append(now)
            state.size = (width, height)
            // Of about the last ten pictures.
            state.latency += (latency - state.latency) * (state.latency == 0 ? 1 : 0.1)
            state.mapAge = mapAge
            state.top = top
            state.isRecognised = isRecognised
            return LiveEvent.FrameEvent(
                sequence: sequence, time: seconds, framesPerSecond: Self.rate(state.lastTimes, now),
                latencyMs: latency * 1000, mapAgeMs: mapAge * 1000, top: state.top, isRecognised: isRecognised)
        }
    }

    func setSignal(isPresent: Bool, since: Double = State.wallTime) {
        state.withLock { state in
            guard state.signal.isPresent != isPresent else { return }
            state.signal = .init(isPresent: isPresent, since: since)
            if !isPresent { (state.top, state.isRecognised) = ([], true) }
        }
    }

    var hasSignal: Bool { state.withLock { $0.signal.isPresent } }

    /// - Returns: whether listeners should be told: at each change, and once a second as the file grows.
    func setRecording(_ recording: LiveState.Recording) -> Bool {
        state.withLock { state in
            let old = state.recording
            state.recording = recording
            guard let old, old.isActive == recording.isActive, old.file == recording.file,
                old.problem == recording.problem
            else { return true }
            return Int(old.seconds) != Int(recording.seconds)
        }
    }

    /// Pictures and slates shown so far.
    var picturesShown: Int { state.withLock { $0.sequence } }

    /// How things are, for people.
    var line: String { Redaction.text(fullLine) }

    private var fullLine: String {
        let (fps, state) = (framesPerSecond, state.withLock { $0 })
        guard state.signal.isPresent else {
            return state.sequence == 0 ? "waiting for the first picture" : "no signal from \(state.source)"
        }
        // With the first picture there is no rate yet.
        var parts = ["\(fps > 0 ? "\(Int(fps.rounded())) fps" : "pictures") from \(state.source)"]
        if let best = state.top.first, state.isRecognised {
            parts.append("\(best.label) \(Int((best.probability * 100).rounded())) %")
        }
        if let recording = state.recording {
            if let problem = recording.problem {
                parts.append("recording pauses: \(problem)")
            } else if recording.isActive, let file = recording.file {
                parts.append("recording \(file)")
            }
        }
        return parts.joined(separator: ", ")
    }

    /// nil: nothing can be recorded, or nothing was yet.
    var recording: LiveState.Recording? { state.withLock { $0.recording } }

    var framesPerSecond: Double { state.withLock { Self.rate($0.lastTimes, .now) } }

    func snapshot(program: String, frames: FrameLedger.Counts) -> LiveState {
        state.withLock { state in
            LiveState(
                program: program, source: state.source, model: state.model, width: state.size.width,
                height: state.size.height, framesPerSecond: Self.rate(state.lastTimes, .now),
                latencyMs: state.latency * 1000, mapAgeMs: state.mapAge * 1000, signal: state.signal,
                frames: .init(
                    captured: frames.captured, written: frames.written, inFlight: frames.inFlight,
                    dropped: frames.dropped),
                recording: state.recording, top: state.top, isRecognised: state.isRecognised)
        }
    }

    /// Frames a second over the window that ends now.
    private static func rate(_ times: [ContinuousClock.Instant], _ now: ContinuousClock.Instant) -> Double {
        let recent = times.filter { now - $0 <= window }
        guard recent.count > 1, let first = recent.first, let last = recent.last else { return 0 }
        return Double(recent.count - 1) / ((last - first) / .seconds(1))
    }
}
