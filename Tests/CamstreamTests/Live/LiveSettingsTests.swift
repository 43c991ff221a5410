import Infer
import Overlay
import Serve
import Testing

@testable import camstream

struct LiveSettingsTests {
    private func settings(canRecord: Bool = true) -> LiveSettings {
        LiveSettings(
            .init(overlay: OverlayConfig(), explainedClass: nil, smoothing: 0.1, isRecording: false),
            labels: ["cat", "dog", "wild dog"], method: "cam", canRecord: canRecord)
    }

    /// As a client would send it: checked against the list, then applied.
    private func send(_ changes: [String: JSONValue], to settings: LiveSettings) throws {
        try settings.change(try settings.list.changes(changes))
    }

    @Test func everySettingOnTheListCanBeSetToEachOfItsValues() throws {
        let settings = settings()
        for setting in settings.list {
            let values: [JSONValue] =
                switch setting.kind {
                case .toggle: [.flag(true), .flag(false)]
                case .number(let range, _, _): [.number(range.lowerBound), .number(range.upperBound)]
                case .choice(let choices): choices.map { .text($0.value) }
                }
            for value in values {
                try send([setting.key: value], to: settings)
                #expect(settings.list.first { $0.key == setting.key }?.value == value, "\(setting.key)")
            }
        }
    }

    @Test func changesReachTheStages() throws {
        let settings = settings()
        try send(
            [
                "infer.class": .text("dog"), "infer.smoothing": .number(0.5), "infer.filter": .text("median"),
                "infer.scale": .text("frame"), "overlay.layout": .text("grid"),
                "overlay.opacity": .number(0.25), "recording": .flag(true),
            ], to: settings)
        let values = settings.values
        #expect(
            values.tuning
                == .init(explainedClass: 1, filter: .median, smoothing: 0.5, scale: .frame, mapCount: 5))
        #expect(values.overlay.layout == .grid && values.overlay.opacity == 0.25)
        #expect(values.isRecording)
        try send(["infer.class": .text("auto")], to: settings)
        #expect(settings.values.explainedClass == nil)
    }

    @Test func wrongChangesAreRefusedAndNothingChanges() throws {
        let settings = settings()
        let before = settings.values
        #expect(throws: SettingRefusal.self) {
            try send(["overlay.opacity": .number(0.3), "overlay.layout": .text("star")], to: settings)
        }
        #expect(throws: SettingRefusal.self) { try send(["infer.class": .number(3)], to: settings) }
        #expect(settings.values == before)
    }

    @Test func whereNothingIsRecordedThereIsNoSuchSwitch() {
        #expect(!settings(canRecord: false).list.contains { $0.key == "recording" })
        #expect(throws: SettingRefusal.self) {
            try settings(canRecord: false).change([.init(key: "recording", value: .flag(true))])
        }
    }

    @Test func aReloadedFileChangesWhatMayChange() throws {
        let settings = settings()
        var config = Config()
        config.overlay.colormap = .jet
        config.infer.explainedClass = "wild"
        config.infer.smoothing = 2
        config.infer.filter = .exponential
        config.infer.scale = .fixed(low: 0, high: 8)
        try settings.follow(config)
        #expect(settings.values.overlay.colormap == .jet)
        let fixed = ScaleChoice.fixed(low: 0, high: 8)
        #expect(
            settings.values.tuning
                == .init(explainedClass: 2, filter: .exponential, smoothing: 2, scale: fixed, mapCount: 1))
        // A viewer may leave the file's scale, and come back to it.
        for scale in ["running", "fixed:0.0,8.0"] { try send(["infer.scale": .text(scale)], to: settings) }
        #expect(settings.values.scale == fixed)
        config.infer.explainedClass = "horse"
        #expect(throws: InferError.self) { try settings.follow(config) }
        #expect(settings.values.explainedClass == 2)
    }
}
