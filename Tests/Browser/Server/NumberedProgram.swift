import Foundation
import Glibc
import Pipeline
import Serve
import Synchronization
import TeachMock

/// State and settings as the program with a camera has them. Settings are kept and change nothing.
final class NumberedProgram: Sendable {
    private struct State {
        var settings: [Setting]
        var since = Double(CaptureTime.now.wall) / 1e6
        var isPresent = true
        var recording: LiveState.Recording?
        var recordingSince: Double?
        var labels = Labels.short
        var mapAge = 0.0
        var isRecognised = true
        var isLoading = false
        var isOver = false
        var onRecording: (@Sendable (LiveState.Recording) -> Void)?
        var onTeaching: (@Sendable (TeachState) -> Void)?
    }

    private enum Labels: String { case empty, short, long, noisy }

    /// "" where there is only one.
    let name: String
    let width: Int
    let height: Int
    let fps: Double
    private let state: Mutex<State>
    private let taught = Mutex<TaughtInMemory?>(nil)

    init(name: String, width: Int, height: Int, fps: Double, canRecord: Bool, teaches: String?) {
        (self.name, self.width, self.height, self.fps) = (name, width, height, fps)
        var settings = Self.settings
        if canRecord {
            settings.append(
                Setting(
                    "recording", title: "Record", help: "Write what is shown to a file.", kind: .toggle,
                    value: .flag(false)))
        }
        state = Mutex(State(settings: settings, recording: canRecord ? .init(isActive: false) : nil))
        if let teaches { taught.withLock { $0 = taughtSet(teaches) } }
    }

    /// nil: nobody teaches.
    var teaching: TaughtInMemory? { taught.withLock { $0 } }

    var isOver: Bool { state.withLock { $0.isOver } }
    func end() { state.withLock { $0.isOver = true } }

    var isPresent: Bool { state.withLock { $0.isPresent } }
    var label: String? { top(0).first?.label }

    var onRecording: (@Sendable (LiveState.Recording) -> Void)? {
        get { state.withLock { $0.onRecording } }
        set { state.withLock { $0.onRecording = newValue } }
    }

    var onTeaching: (@Sendable (TeachState) -> Void)? {
        get { state.withLock { $0.onTeaching } }
        set { state.withLock { $0.onTeaching = newValue } }
    }

    var served: ServedProgram {
        ServedProgram(
            state: { self.live }, settings: { self.state.withLock { $0.isLoading ? [] : $0.settings } },
            change: { (changes) throws(SettingRefusal) in self.change(changes) },
            problems: { self.state.withLock { $0.isLoading } ? ["the model is being loaded"] : [] })
    }

    func event(_ sequence: Int) -> LiveEvent.FrameEvent {
        let (mapAge, isRecognised) = state.withLock { ($0.mapAge, $0.isRecognised) }
        return LiveEvent.FrameEvent(
            sequence: sequence, time: Double(sequence) / fps, framesPerSecond: fps, latencyMs: 3, mapAgeMs: mapAge,
            top: top(sequence), isRecognised: isRecognised)
    }

    func obey(_ line: String, _ events: EventHub) {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        let now = Double(CaptureTime.now.wall) / 1e6
        switch words.first {
        case "lost", "found":
            let isPresent = words[0] == "found"
            state.withLock { ($0.isPresent, $0.since) = (isPresent, now) }
            events.publish(isPresent ? .found : .lost(since: now))
        case "top": state.withLock { $0.labels = Labels(rawValue: words.last!) ?? .short }
        case "age": state.withLock { $0.mapAge = Double(words.last!) ?? 0 }
        case "recognised", "unrecognised": state.withLock { $0.isRecognised = words[0] == "recognised" }
        case "loading", "loaded": state.withLock { $0.isLoading = words[0] == "loading" }
        case "switching", "switched":
            noteSwitch(words.last!, isPending: words[0] == "switching")
            events.publish(.state(live))
        case "same", "new": teaching?.setSame(words[0] == "same")
        case "refusing": teaching?.refuse(.conflict(words[1]))
        case "taking": teaching?.refuse(nil)
        case "trouble": teaching?.setProblem(words.count == 2 ? words[1] : nil)
        case "problem": setRecording { $0.problem = words.count == 2 ? words[1] : nil }
        default: say("unknown \(line)")
        }
    }

    /// - Parameter what: a setting's key, and behind a blank why it cannot be.
    private func noteSwitch(_ what: String, isPending: Bool) {
        let words = what.split(separator: " ", maxSplits: 1).map(String.init)
        state.withLock { state in
            for index in state.settings.indices where state.settings[index].key == words[0] {
                state.settings[index].isPending = isPending
                state.settings[index].problem = words.count > 1 ? words[1] : nil
            }
        }
    }

    private var live: LiveState {
        let top = top(0)
        return state.withLock { state in
            LiveState(
                program: "camstream numbered",
                source: name.isEmpty ? "numbered pictures" : "numbered pictures of \(name)", model: "mobilenetv2",
                width: width,
                height: height, framesPerSecond: fps, latencyMs: 3,
                signal: .init(isPresent: state.isPresent, since: state.since), recording: state.recording,
                top: state.isPresent ? top : [], isRecognised: state.isRecognised)
        }
    }

    private func change(_ changes: [SettingChange]) {
        for change in changes {
            state.withLock { state in
                for index in state.settings.indices where state.settings[index].key == change.key {
                    state.settings[index].value = change.value
                }
            }
            if change.key == "recording", case .flag(let isActive) = change.value {
                let now = Double(CaptureTime.now.wall) / 1e6
                state.withLock { $0.recordingSince = isActive ? now : nil }
                setRecording { $0 = .init(isActive: isActive, file: isActive ? "numbered.mp4" : nil) }
            }
            say("change \(name.isEmpty ? "" : name + " ")\(change.key) \(change.value)")
        }
    }

    /// Examples are small numbered pictures.
    private func taughtSet(_ name: String) -> TaughtInMemory {
        TaughtInMemory(
            named: name, pause: { try? await Task.sleep(for: $0) },
            picture: { example in
                do {
                    let painter = try NumberedPainter(width: 112, height: 112)
                    return try JPEGEncoder(quality: 80).encode(painter.picture(7 * example)) { Array($0) }
                } catch {
                    say("no thumbnail: \(error)")
                    return []
                }
            }, onChange: { [weak self] in self?.onTeaching?($0) })
    }

    private func setRecording(_ change: (inout LiveState.Recording) -> Void) {
        let now = Double(CaptureTime.now.wall) / 1e6
        let (recording, tell) = state.withLock { state in
            if var recording = state.recording {
                change(&recording)
                recording.seconds = state.recordingSince.map { now - $0 } ?? 0
                state.recording = recording
            }
            return (state.recording, state.onRecording)
        }
        if let recording { tell?(recording) }
    }

    /// Five classes whose probabilities swing; which they are changes slowly.
    private func top(_ sequence: Int) -> [ClassScore] {
        if let taught = teaching?.scores {
            return taught.prefix(5).map { ClassScore(id: $0.id, label: $0.label, probability: $0.probability) }
        }
        let labels = state.withLock { $0.labels }
        if labels == .empty { return [] }
        // A sure class, and below it what is never the same.
        if labels == .noisy {
            return [ClassScore(id: 0, label: Self.seen[0], probability: 0.9)]
                + (1..<5).map { rank in
                    let id = 100 + (sequence * 4 + rank) * 37 % 800
                    return ClassScore(id: id, label: "class \(id)", probability: 0.05 / Double(rank + 1))
                }
        }
        let seconds = Double(sequence) / fps
        let weights = Self.seen.indices.map { exp(2.2 * sin(seconds / (5 + Double($0)) + 1.7 * Double($0))) }
        let total = weights.reduce(0, +)
        return weights.enumerated().sorted { $0.element > $1.element }.prefix(5).map { index, weight in
            let name = Self.seen[index]
            return ClassScore(
                id: index, label: labels == .long ? "\(name), also known as \(name) of the northern hemisphere" : name,
                probability: weight / total)
        }
    }

    private static let seen = ["Egyptian cat", "tabby", "tiger cat", "lynx", "remote control", "quilt", "window shade"]

    private static let settings: [Setting] = {
        // Two classes of the same name, as ImageNet has them.
        let names = (0..<1000).map {
            seen.indices.contains($0) ? seen[$0] : $0 == 134 || $0 == 517 ? "crane" : "class \($0)"
        }
        func choice(_ key: String, _ title: String, _ help: String, _ values: [String]) -> Setting {
            Setting(key, title: title, help: help, kind: .choice(values.map { .init($0) }), value: .text(values[0]))
        }
        return [
            Setting(
                "infer.class", title: "Class", help: "Whose map is shown; auto: the most probable class.",
                kind: .choice([.init("auto")] + names.enumerated().map { .init("\($0.offset)", title: $0.element) }),
                value: .text("auto")),
            choice("infer.method", "Method", "How the map is computed.", ["cam", "gradcam"]),
            choice("overlay.colormap", "Colours", "Of the heat, from cold to hot.", ["turbo", "jet", "viridis"]),
            choice("overlay.blend", "Blend", "How heat and picture are mixed.", ["attention", "mix", "add"]),
            Setting(
                "overlay.opacity", title: "Opacity", help: "Of the heat.", kind: .number(0...1, step: 0.05, unit: nil),
                value: .number(0.6)),
            Setting(
                "infer.smoothing", title: "Smoothing", help: "How long the past counts; 0: not at all.",
                kind: .number(0...60, step: 0.05, unit: "seconds"), value: .number(0.1)),
            choice("overlay.layout", "Layout", "What the picture shows.", ["overlay", "triple", "grid"]),
            choice(
                "overlay.labels", "Labels", "Which class names are written on the picture.", ["top1", "top5", "none"]),
            Setting("overlay.box", title: "Box", help: "Frame the hot region.", kind: .toggle, value: .flag(false)),
        ]
    }()
}
