import Pipeline
import Serve
import Synchronization

/// A program without a camera: keeps its settings, says what a test lets it say.
final class TestProgram: Sendable {
    struct Content: Sendable {
        var settings: [Setting] = TestProgram.settings
        var problems: [String] = []
        var changes: [[SettingChange]] = []
        var refusal: SettingRefusal?
    }

    let content = Mutex(Content())

    static let settings = [
        Setting(
            "infer.class", title: "Class", help: "Whose map is shown.",
            kind: .choice(
                [.init("auto")]
                    + (0..<1000).map { .init("\($0)", title: $0 == 285 ? "Egyptian cat" : "class \($0 / 2)") }),
            value: "auto"),
        Setting(
            "overlay.colormap", title: "Colours", help: "Of the heat.",
            kind: .choice([.init("turbo"), .init("jet"), .init("viridis")]), value: "turbo"),
        Setting(
            "overlay.opacity", title: "Opacity", help: "Of the hottest part.",
            kind: .number(0...1, step: 0.05, unit: nil), value: .number(0.6)),
        Setting(
            "infer.smoothing", title: "Smoothing", help: "Time constant.",
            kind: .number(0...60, step: 0.1, unit: "seconds"), value: .number(0.1)),
        Setting("overlay.box", title: "Box", help: "Around the heat.", kind: .toggle, value: .flag(false)),
    ]

    var state: LiveState {
        LiveState(
            program: "camstream test", source: "clip.mp4", model: "tiny", width: 32, height: 24, framesPerSecond: 25,
            latencyMs: 20, signal: .init(isPresent: true, since: 1_700_000_000),
            frames: .init(captured: 10, written: 7, inFlight: 1, dropped: ["late": 2]),
            recording: .init(isActive: false),
            top: [ClassScore(id: 285, label: "Egyptian cat", probability: 0.75)])
    }

    var served: ServedProgram {
        ServedProgram(
            state: { self.state }, settings: { self.content.withLock { $0.settings } },
            change: { (changes) throws(SettingRefusal) in
                let refusal = self.content.withLock { content -> SettingRefusal? in
                    if let refusal = content.refusal { return refusal }
                    content.changes.append(changes)
                    for change in changes {
                        let index = content.settings.firstIndex { $0.key == change.key }!
                        content.settings[index].value = change.value
                    }
                    return nil
                }
                if let refusal { throw refusal }
            }, problems: { self.content.withLock { $0.problems } })
    }
}

extension ServedCamera {
    /// With a program of its own.
    static func test(
        _ name: String = "", feed: LiveFeed = LiveFeed(), events: EventHub = EventHub(),
        program: TestProgram = TestProgram(), isRequired: Bool = true
    ) -> ServedCamera {
        ServedCamera(name: name, feed: feed, events: events, program: program.served, isRequired: isRequired)
    }
}
