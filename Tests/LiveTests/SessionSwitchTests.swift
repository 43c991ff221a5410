import Dispatch
import Infer
import Logging
import Overlay
import Pipeline
import Serve
import Synchronization
import Testing
import Tracking

@testable import Live

/// The transitions, one by one: what is asked for, while nothing or something is opened, that can be had or not.
@Suite(.timeLimit(.minutes(30))) struct SessionSwitchTests {
    private let settings: LiveSettings
    private let openings = ScriptedOpenings()
    private let hub = LiveHub(Audience(nil))
    private let thread: StageThread
    private let sessions: SessionSwitch
    private let first: LiveSession
    private let file: LiveSettings.Values

    init() throws {
        var values = LiveSettings.Values(
            overlay: OverlayConfig(), maps: MapSettings(smoothing: 0.1), isRecording: false)
        (values.infer.model, values.infer.card) = ("/m/own.onnx", "/m/own.yaml")
        file = values
        first = LiveSession(scripted: ScriptedExplainer(labels: ["cat", "dog"]), values)
        settings = LiveSettings(values, first.facts, canRecord: false) {
            [NamedModel(name: "mobile", path: "/s/mobile.onnx"), NamedModel(name: "vgg", path: "/s/vgg.onnx")]
        }
        thread = try StageThread("switch")
        let openings = openings
        sessions = SessionSwitch(
            first, settings, hub, thread, Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            listLayers: { $0.infer.model == "/m/own.onnx" ? ["relu5", "relu3"] : ["block2"] },
            open: { choice in try openings.open(choice) })
        sessions.start()
        idle()
    }

    /// Waits until the switch has done all that it was told.
    private func idle() {
        let done = DispatchSemaphore(value: 0)
        thread.run { done.signal() }
        done.wait()
    }

    /// As a client would send it.
    private func send(_ changes: [String: JSONValue]) throws {
        try settings.change(try settings.list.changes(changes))
    }

    private func setting(_ key: String) -> Setting? { settings.list.first { $0.key == key } }

    private func choices(_ key: String) -> [String] {
        guard case .choice(let choices) = setting(key)?.kind else { return [] }
        return choices.map(\.value)
    }

    @Test func aWishIsOpenedInTheBackgroundAndHoldsWhenItIsThere() throws {
        try send(["infer.method": .text("layercam")])
        openings.waitForOne()
        #expect(sessions.current === first)
        #expect(setting("infer.method")?.value == .text("layercam") && setting("infer.method")?.isPending == true)
        #expect(setting("infer.model")?.isPending == false)
        openings.give(ScriptedExplainer(methods: ["layercam"]))
        openings.allow(1)
        idle()
        #expect(sessions.current.facts.methods.map(\.name) == ["layercam"])
        #expect(sessions.current.facts.choice == settings.choice && setting("infer.method")?.isPending == false)
        #expect(openings.choices.map(\.infer.method.rawValue) == ["layercam"])
    }

    @Test func aFailureLeavesWhatIsThereAndSaysWhy() throws {
        let before = settings.values
        openings.give(nil)
        openings.allow(1)
        try send(["infer.method": .text("cam"), "infer.layer": .text("relu3"), "overlay.opacity": .number(0.2)])
        idle()
        #expect(sessions.current === first)
        #expect(settings.values.infer == before.infer && settings.choice == first.facts.choice)
        // What needs no other session stays.
        #expect(settings.values.overlay.opacity == 0.2)
        #expect(setting("infer.method")?.problem == "the model is broken")
        #expect(setting("infer.layer")?.problem == "the model is broken" && setting("infer.model")?.problem == nil)
        #expect(setting("infer.method")?.isPending == false)
        // The next wish is another matter.
        openings.allow(1)
        try send(["infer.method": .text("fem")])
        idle()
        #expect(setting("infer.method")?.problem == nil && setting("infer.method")?.value == .text("fem"))
        #expect(openings.choices.count == 2)
    }

    @Test func aSessionThatFailsGivesWayToTheFilesOnceAndEndsThePipelineWhereThatFailsToo() throws {
        openings.give(ScriptedExplainer(methods: ["fem"]))
        openings.allow(1)
        try send(["infer.method": .text("fem")])
        idle()
        let chosen = sessions.current.facts
        let error = InferError.scoresNotFinite(model: "script", frame: 3)
        openings.give(nil)
        openings.allow(1)
        #expect(sessions.giveUp(chosen, error))
        idle()
        #expect(sessions.current.facts.number == chosen.number && openings.choices.count == 2)
        #expect(!sessions.giveUp(chosen, error))
        idle()
        #expect(openings.choices.count == 2)
    }

    @Test func theNewestOfManyWishesWins() throws {
        try send(["infer.method": .text("cam")])
        openings.waitForOne()
        for method in ["gradcam", "layercam", "fem", "eigencam"] { try send(["infer.method": .text(method)]) }
        openings.give(ScriptedExplainer(methods: ["cam"]))
        openings.give(ScriptedExplainer(methods: ["eigencam"]))
        openings.allow(2)
        idle()
        #expect(openings.choices.map(\.infer.method.rawValue) == ["cam", "eigencam"])
        #expect(sessions.current.facts.methods[0].name == "eigencam")
    }

    @Test func aWishThatIsTakenBackWhileItIsOpenedChangesNothing() throws {
        try send(["infer.method": .text("cam")])
        openings.waitForOne()
        try send(["infer.method": .text("auto")])
        openings.allow(1)
        idle()
        #expect(sessions.current === first && openings.choices.count == 1)
        #expect(setting("infer.method")?.isPending == false)
    }

    @Test func theFailureOfAnOldWishIsNotTheNewOnes() throws {
        try send(["infer.method": .text("cam")])
        openings.waitForOne()
        try send(["infer.method": .text("fem")])
        openings.give(nil)
        openings.give(ScriptedExplainer(methods: ["fem"]))
        openings.allow(2)
        idle()
        #expect(sessions.current.facts.methods[0].name == "fem" && setting("infer.method")?.problem == nil)
    }

    @Test func theEndWhileASessionIsOpenedLetsItGo() throws {
        try send(["infer.method": .text("cam")])
        openings.waitForOne()
        sessions.close()
        openings.allow(1)
        idle()
        #expect(sessions.current === first)
        // Nobody listens any more.
        try send(["infer.method": .text("fem")])
        idle()
        #expect(openings.choices.count == 1)
    }

    @Test func anotherModelHasItsOwnClassesLayersAndCard() throws {
        #expect(
            choices("infer.model") == ["own.onnx", "mobile", "vgg"]
                && setting("infer.model")?.value == .text("own.onnx"))
        #expect(choices("infer.layer") == ["auto", "relu5", "relu3"])
        openings.allow(10)
        try send(["infer.class": .text("dog"), "infer.layer": .text("relu3")])
        idle()
        #expect(settings.maps(of: sessions.current.facts).explainedClass == 1)
        let old = sessions.current
        openings.give(ScriptedExplainer(labels: ["red", "green", "blue"]))
        try send(["infer.model": .text("mobile")])
        idle()
        let infer = sessions.current.facts.choice.infer
        #expect(infer.model == "/s/mobile.onnx" && infer.card == nil && infer.layers.isEmpty)
        #expect(choices("infer.layer") == ["auto", "block2"])
        // The last frames of the old one are still about its class, and the new ones about none of that number.
        #expect(settings.maps(of: old.facts).explainedClass == 1)
        #expect(settings.maps(of: sessions.current.facts).explainedClass == nil)
        try send(["infer.class": .text("blue")])
        #expect(settings.maps(of: sessions.current.facts).explainedClass == 2)
        #expect(settings.maps(of: old.facts).explainedClass == 1)
        // The file's model comes back with the file's card.
        openings.give(ScriptedExplainer(labels: ["cat", "dog"]))
        try send(["infer.model": .text("own.onnx")])
        idle()
        #expect(sessions.current.facts.choice.infer.card == "/m/own.yaml")
        #expect(settings.maps(of: sessions.current.facts).explainedClass == nil)
    }

    /// Its name may mean nothing to another model, or something else.
    @Test func aClassToTellApartFromIsOneOfTheFilesModel() throws {
        var config = CameraConfig()
        (config.infer, config.overlay) = (file.infer, file.overlay)
        config.infer.versus = "dog"
        openings.allow(10)
        try settings.follow(config)
        idle()
        #expect(sessions.current.facts.choice.infer.versus == "dog")
        try send(["infer.model": .text("mobile")])
        idle()
        #expect(sessions.current.facts.choice.infer.versus == nil)
        // Also where the file is read again.
        config.infer.smoothing = 3
        try settings.follow(config)
        #expect(settings.choice.infer.model == "/s/mobile.onnx" && settings.choice.infer.versus == nil)
        try send(["infer.model": .text("own.onnx")])
        idle()
        #expect(sessions.current.facts.choice.infer.versus == "dog")
        config.infer.versus = "cat"
        try settings.follow(config)
        #expect(settings.choice.infer.versus == "cat")
    }

    @Test(arguments: [
        ("infer.model", "/etc/passwd"), ("infer.model", "/m/own.onnx"), ("infer.model", "../vgg"),
        ("infer.model", "nobody"), ("infer.method", "rise"), ("infer.method", "nonsense"), ("infer.layer", "relu9"),
    ])
    func whatIsNotOnTheListIsRefusedWhateverItIs(key: String, value: String) throws {
        let before = settings.values
        #expect(throws: SettingRefusal.self) { try send([key: .text(value)]) }
        // Also where somebody passes over the list.
        #expect(throws: SettingRefusal.self) { try settings.change([.init(key: key, value: .text(value))]) }
        idle()
        #expect(settings.values == before && openings.choices.isEmpty)
    }

    @Test func aLayoutOfSeveralMethodsIsDrawnWhenTheirSessionIsThereAndNotBefore() throws {
        try send(["overlay.layout": .text("triple")])
        try send(["overlay.layout": .text("compare")])
        openings.waitForOne()
        #expect(settings.overlay(of: first.facts).layout == .triple && setting("overlay.layout")?.isPending == true)
        openings.give(ScriptedExplainer(methods: ["cam", "layercam"]))
        openings.allow(1)
        idle()
        let compared = sessions.current
        #expect(compared.facts.choice.infer.methodsInUse.map(\.rawValue) == ["auto", "layercam"])
        #expect(settings.overlay(of: compared.facts).layout == .compare)
        #expect(settings.overlay(of: first.facts).layout == .triple)
        // Back again, and the same the other way round.
        try send(["overlay.layout": .text("grid")])
        openings.waitForOne()
        #expect(settings.overlay(of: compared.facts).layout == .compare)
        #expect(settings.maps(of: compared.facts).mapCount == 1)
        openings.allow(1)
        idle()
        #expect(settings.overlay(of: sessions.current.facts).layout == .grid)
        #expect(settings.maps(of: sessions.current.facts).mapCount == 5)
        // What cannot be compared goes back to the layout that was.
        openings.give(nil)
        openings.allow(1)
        try send(["overlay.layout": .text("compare")])
        idle()
        #expect(setting("overlay.layout")?.value == .text("grid"))
        #expect(setting("overlay.layout")?.problem == "the model is broken")
    }

    @Test func aFileThatIsReadAgainMeanwhileLeavesTheWishAndItsOwnChangesAreOpened() throws {
        try send(["infer.method": .text("cam")])
        openings.waitForOne()
        var config = CameraConfig()
        (config.infer, config.overlay.opacity) = (file.infer, 0.3)
        try settings.follow(config)
        openings.allow(1)
        idle()
        #expect(sessions.current.facts.choice.infer.method.rawValue == "cam" && settings.values.overlay.opacity == 0.3)
        // What the file says anew of the method wins.
        config.infer.method = try #require(MethodName(rawValue: "fem"))
        openings.allow(1)
        try settings.follow(config)
        idle()
        #expect(sessions.current.facts.choice.infer.method.rawValue == "fem")
        #expect(openings.choices.map(\.infer.method.rawValue) == ["cam", "fem"])
    }

    @Test func theNextPipelineBeginsWithWhatViewersHaveChosenUnlessThatCannotBe() throws {
        openings.allow(1)
        try send(["infer.model": .text("vgg")])
        idle()
        #expect(settings.choice(after: file).infer.model == "/s/vgg.onnx")
        // Another model in the file is something else that it says.
        var other = file
        other.infer.model = "/m/other.onnx"
        #expect(settings.choice(after: other).infer.model == "/m/other.onnx")
        let own = LiveSession(scripted: ScriptedExplainer(labels: ["cat", "dog"]), file)
        settings.follow(file, own.facts, canRecord: false, isFallback: true)
        #expect(settings.choice == own.facts.choice)
    }

    @Test func whoListensIsToldOfTheSwitchAndOfItsEnd() async throws {
        let events = try #require(EventReader(hub.events))
        openings.allow(1)
        try send(["infer.method": .text("fem")])
        for _ in 0..<2 { #expect(await events.next("state") != nil) }
        let changes = try #require(await events.next("settings"))
        #expect(changes.contains(#""infer.method":"fem""#))
    }

    @Test func anOldSessionIsFreedWhenItsLastFrameIsThrough() throws {
        var explainer: ScriptedExplainer? = ScriptedExplainer(methods: ["fem"])
        weak let freed = explainer
        openings.give(explainer)
        explainer = nil
        openings.allow(2)
        try send(["infer.method": .text("fem")])
        idle()
        #expect(freed != nil)
        var frame: LiveSession? = sessions.current
        try send(["infer.method": .text("cam")])
        idle()
        #expect(freed != nil && frame != nil)
        frame = nil
        idle()
        #expect(freed == nil)
    }
}
