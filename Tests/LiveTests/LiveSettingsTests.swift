import Capture
import Detect
import Dispatch
import Infer
import Logging
import Overlay
import Pipeline
import Serve
import Testing
import Tracking

@testable import Live

struct LiveSettingsTests {
    private func settings(canRecord: Bool = true) -> LiveSettings {
        let values = LiveSettings.Values(
            overlay: OverlayConfig(), maps: MapSettings(smoothing: 0.1), isRecording: false)
        return LiveSettings(values, facts(values), canRecord: canRecord)
    }

    private func facts(
        _ values: LiveSettings.Values, labels: [String] = ["cat", "dog", "wild dog"], method: String = "cam"
    ) -> LiveSession.Facts {
        LiveSession(scripted: ScriptedExplainer(labels: labels, methods: [method]), values).facts
    }

    @Test func whatTheModelRefusesIsNotOffered() throws {
        let values = LiveSettings.Values(
            overlay: OverlayConfig(), maps: MapSettings(smoothing: 0.1), isRecording: false)
        let explainer = ScriptedExplainer(offering: [.auto, MethodName(rawValue: "layercam")!])
        let settings = LiveSettings(
            values, LiveSession(scripted: explainer, values).facts, canRecord: false)
        func choices(_ key: String) -> [String] {
            guard case .choice(let choices)? = settings.list.first(where: { $0.key == key })?.kind else {
                return []
            }
            return choices.map(\.value)
        }
        #expect(choices("infer.method") == ["auto", "layercam"])
        #expect(
            !choices("overlay.layout").contains("compare") && choices("overlay.layout").contains("grid"))
        #expect(choices("infer.layer") == ["auto"])
        #expect(throws: (any Error).self) { try send(["infer.method": .text("gradcam")], to: settings) }
        #expect(settings.values.infer.method == .auto)
        // Others are offered all that works live.
        #expect(
            self.settings().list.contains {
                $0.key == "overlay.layout" && "\($0.kind)".contains("compare")
            })
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
            values.maps
                == .init(explainedClass: 1, filter: .median, smoothing: 0.5, scale: .frame, mapCount: 5))
        #expect(values.overlay.layout == .grid && values.overlay.opacity == 0.25)
        #expect(values.isRecording)
        try send(["infer.class": .text("auto")], to: settings)
        #expect(settings.values.maps.explainedClass == nil)
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
        var config = CameraConfig()
        config.overlay.colormap = .jet
        config.infer.explainedClass = "wild"
        config.infer.smoothing = 2
        config.infer.filter = .exponential
        config.infer.scale = .fixed(low: 0, high: 8)
        try settings.follow(config)
        #expect(settings.values.overlay.colormap == .jet)
        let fixed = ScaleChoice.fixed(low: 0, high: 8)
        #expect(
            settings.values.maps
                == .init(explainedClass: 2, filter: .exponential, smoothing: 2, scale: fixed, mapCount: 1))
        // A viewer may leave the file's scale, and come back to it.
        for scale in ["running", "fixed:0.0,8.0"] { try send(["infer.scale": .text(scale)], to: settings) }
        #expect(settings.values.maps.scale == fixed)
        config.infer.explainedClass = "horse"
        #expect(throws: InferError.self) { try settings.follow(config) }
        #expect(settings.values.maps.explainedClass == 2)
    }

    @Test func aReloadedFileMayTellTheClassApartFromAnother() throws {
        let settings = settings()
        var config = CameraConfig()
        (config.infer.explainedClass, config.infer.versus) = ("cat", "wild")
        try settings.check(config, insteadOf: CameraConfig())
        try settings.follow(config)
        #expect(settings.values.infer.versus == "wild" && settings.choice.infer.versus == "wild")
        for versus in ["horse", "cat"] {
            config.infer.versus = versus
            #expect(throws: InferError.self) { try settings.check(config, insteadOf: CameraConfig()) }
            #expect(throws: InferError.self) { try settings.follow(config) }
        }
        #expect(settings.values.infer.versus == "wild")
    }

    @Test func severalClassesOfADetectorAreAnotherSession() throws {
        let settings = settings()
        let before = settings.choice
        var config = CameraConfig()
        config.infer.explainedClass = "cat, wild"
        try settings.check(config, insteadOf: CameraConfig())
        try settings.follow(config)
        // Viewers see no class chosen, and may choose one of all.
        #expect(settings.values.maps.explainedClass == nil && settings.choice != before)
        #expect(settings.choice.infer.explainedClass == "cat, wild")
        config.infer.explainedClass = "wild"
        try settings.follow(config)
        #expect(settings.values.maps.explainedClass == 2 && settings.choice == before)
        config.infer.explainedClass = "cat, horse"
        #expect(throws: InferError.self) { try settings.follow(config) }
    }

    @Test func whatIsOfBoxesIsThereWhereThereAreBoxes() throws {
        func keys(detector: String?, findsObjects: Bool) -> [String] {
            var values = LiveSettings.Values(
                overlay: OverlayConfig(), maps: MapSettings(smoothing: 0.1), isRecording: false)
            values.infer.detector = detector
            let facts = LiveSession(scripted: ScriptedExplainer(findsObjects: findsObjects), values).facts
            return LiveSettings(values, facts, canRecord: false).list.map(\.key).filter { $0.hasPrefix("detect.") }
        }
        #expect(keys(detector: nil, findsObjects: false).isEmpty)
        let detecting = keys(detector: nil, findsObjects: true)
        #expect(detecting.contains("detect.max-boxes") && !detecting.contains("detect.crop-margin"))
        #expect(keys(detector: "d.onnx", findsObjects: true) == detecting + ["detect.crop-margin"])
    }

    @Test func anotherDetectorIsAnotherPipeline() {
        let old = CameraConfig()
        var new = old
        new.infer.detector = "d.onnx"
        #expect(!new.differsOnlyInLiveSettings(from: old))
        var other = new
        other.infer.detectorClasses = ["dog"]
        #expect(!other.differsOnlyInLiveSettings(from: new))
        other = new
        other.detect.cropMargin = 0.3
        #expect(other.differsOnlyInLiveSettings(from: new))
    }

    @Test func whatOneClientChangesNoOtherOverwrites() {
        let settings = settings()
        // Each sets a key of its own, and must find it as it has set it.
        DispatchQueue.concurrentPerform(iterations: 2) { client in
            for number in 0..<2000 {
                do {
                    if client == 0 {
                        let opacity = Double(number % 20) / 20
                        try settings.change([.init(key: "overlay.opacity", value: .number(opacity))])
                        #expect(settings.values.overlay.opacity == opacity)
                    } else {
                        let isOn = number.isMultiple(of: 2)
                        try settings.change([.init(key: "overlay.box", value: .flag(isOn))])
                        #expect(settings.values.overlay.box == isOn)
                    }
                } catch {
                    Issue.record(error)
                }
            }
        }
    }

    @Test func aReloadedFileLeavesWhatViewersHaveChangedUnlessItSaysSomethingElseOfIt() throws {
        let settings = settings()
        try send(
            [
                "overlay.opacity": .number(0.3), "overlay.colormap": .text("jet"), "infer.class": .text("dog"),
                "infer.scale": .text("frame"), "recording": .flag(true),
            ], to: settings)
        var config = CameraConfig()
        config.infer.smoothing = 0.1
        config.overlay.blend = .mix
        config.overlay.colormap = .viridis
        try settings.follow(config)
        let values = settings.values
        #expect(values.overlay.blend == .mix && values.overlay.colormap == .viridis)
        #expect(values.overlay.opacity == 0.3 && values.maps.explainedClass == 1 && values.maps.scale == .frame)
        // What the file goes back to is said anew.
        config.overlay.colormap = OverlayConfig().colormap
        try settings.follow(config)
        #expect(settings.values.overlay.colormap == OverlayConfig().colormap)
    }

    @Test func anotherPipelineGoesOnWithWhatViewersHaveChanged() throws {
        let settings = settings()
        let file = settings.values
        try send(
            ["overlay.layout": .text("grid"), "infer.class": .text("dog"), "infer.smoothing": .number(2)], to: settings)
        settings.follow(file, facts(file, method: "gradcam"), canRecord: true)
        #expect(settings.values.overlay.layout == .grid && settings.values.maps.explainedClass == 1)
        #expect(title(of: "auto", settings.list.first { $0.key == "infer.method" }) == "auto (GRADCAM)")
        // Number 1 is another class of another model.
        var other = file
        other.isRecording = true
        settings.follow(other, facts(other, labels: ["red", "green"]), canRecord: true)
        #expect(settings.values.maps.explainedClass == nil && settings.values.maps.smoothing == 2)
        #expect(settings.values.isRecording)
        // A viewer's stop of the recording outlives a reload; no file has it.
        try send(["recording": .flag(false)], to: settings)
        settings.follow(other, facts(other, labels: ["red", "green"]), canRecord: true)
        #expect(!settings.values.isRecording)
    }

    /// What is decided when a pipeline is opened would be taken, and change nothing.
    @Test func aRunningPipelineTakesWhatItCanFollowAndNothingElse() {
        func isTaken(_ change: (inout CameraConfig) -> Void) -> Bool {
            var new = CameraConfig()
            change(&new)
            return new.differsOnlyInLiveSettings(from: CameraConfig())
        }
        #expect(isTaken { $0.infer.method = MethodName(rawValue: "layercam")! })
        #expect(isTaken { $0.infer.methods = MethodList("cam,fem") })
        #expect(isTaken { $0.infer.layers = ["relu3"] })
        #expect(isTaken { ($0.infer.smoothing, $0.infer.explainedClass) = (1, "cat") })
        #expect(isTaken { $0.overlay.layout = .compare })
        #expect(!isTaken { $0.infer.model = "other.onnx" })
        #expect(!isTaken { $0.infer.card = "other.yaml" })
        #expect(!isTaken { $0.infer.camEvery = 3 })
        #expect(!isTaken { $0.infer.inferenceRate = 5 })
        #expect(!isTaken { $0.overlay.font = "DejaVu Sans" })
        #expect(!isTaken { $0.capture.input = "other.mp4" })
    }

    private func title(of value: String, _ setting: Setting?) -> String? {
        guard case .choice(let choices) = setting?.kind else { return nil }
        return choices.first { $0.value == value }?.title
    }

    @Test func aChangeDuringAReloadIsKept() async throws {
        let settings = settings()
        let file = settings.values
        let reload = Reload(CameraConfig(), nil, Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let apply: Reload.Apply = { try settings.follow($0) }
        var other = CameraConfig()
        other.infer.model = "other.onnx"
        var isFirst = true
        try await reload.run(
            { _ in
                // While the model is loaded, viewers still look at the old pipeline's settings.
                if !isFirst { try send(["overlay.opacity": .number(0.3)], to: settings) }
                settings.follow(file, facts(file), canRecord: true)
                defer { isFirst = false }
                return isFirst ? { _ = try reload.take(other, apply) } : {}
            }, apply)
        #expect(!isFirst && settings.values.overlay.opacity == 0.3)
    }
}
