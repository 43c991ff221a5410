import Capture
import Encode
import Foundation
import Infer
import Logging
import Overlay
import Pipeline
import Synchronization
import Testing
import Tracking

@testable import Live
@testable import Serve

@Suite(.timeLimit(.minutes(30))) struct LivePipelineTests {
    private let source: ScriptedSource
    private let explainer = ScriptedExplainer()
    private let hub = LiveHub(Audience(nil))
    private let sessions: SessionSwitch
    private let openings = ScriptedOpenings()
    private let pipeline: LivePipeline
    private let settings: LiveSettings

    init() throws {
        source = try ScriptedSource()
        var overlay = OverlayConfig()
        overlay.labels = .none
        let values = LiveSettings.Values(overlay: overlay, maps: MapSettings(smoothing: 0), isRecording: false)
        let session = LiveSession(scripted: explainer, values)
        settings = LiveSettings(values, session.facts, canRecord: false)
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let openings = openings
        sessions = SessionSwitch(session, settings, hub, try StageThread("switch"), log) { choice in
            try openings.open(choice)
        }
        pipeline = LivePipeline(
            source: source, sessions: sessions, settings: settings,
            delivery: LiveDelivery(hub, settings, try LiveOutputs(EncodeConfig(), after: nil, hub, log).all, log: log),
            signal: SignalWatch(hub, log), interrupt: Interrupt(), log: log)
    }

    /// What a viewer's browser would be told of a picture.
    private struct Shown: Decodable {
        struct Class: Decodable { let label: String }
        let sequence: Int
        let time: Double
        let mapAgeMs: Double
        let top: [Class]

        /// Position of the picture in the input, and of the one that its maps are of.
        var frame: Int { Int((time / 0.04).rounded()) }
        var mapFrame: Int? { top.first.flatMap { Int($0.label.dropFirst("frame ".count)) } }
    }

    private func next(_ events: EventReader) async throws -> Shown {
        try shown(try #require(await events.next("frame")))
    }

    private func shown(_ event: String) throws -> Shown {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Shown.self, from: Data(event.utf8))
    }

    private func release() {
        source.end()
        explainer.allow(10_000)
    }

    private func check(_ shown: [Shown]) {
        for picture in shown {
            guard let map = picture.mapFrame else { continue }
            // Never a map from later; and its age is told.
            #expect(map <= picture.frame)
            #expect(abs(picture.mapAgeMs - Double(picture.frame - map) * 40) < 0.001)
        }
        #expect(zip(shown, shown.dropFirst()).allSatisfy { $0.frame < $1.frame && $0.sequence < $1.sequence })
    }

    @Test func slowInferenceHoldsUpNoPictureAndEachHasTheLatestMapOfItsPast() async throws {
        let events = try #require(EventReader(hub.events))
        async let run: Void = pipeline.run()
        // Also where an expectation fails: the run would never end.
        defer { release() }
        source.give(1)
        explainer.allow(1)
        var shown = [try await next(events)]
        // Inference hangs, pictures don't.
        for _ in 0..<20 {
            source.give(1)
            shown.append(try await next(events))
        }
        explainer.allow(1000)
        for _ in 0..<20 {
            source.give(1)
            shown.append(try await next(events))
        }
        source.end()
        try await run
        #expect(shown.map(\.frame) == Array(0...40))
        check(shown)
        #expect(shown.last?.mapFrame ?? 0 > 20)
        #expect(hub.ledger.counts == .init(captured: 41, written: 41))
        #expect(hub.metrics.skipped.value >= 18)
    }

    /// Pictures do not wait for a slow detector: by the time something is seen, they have gone out.
    @Test func whatHappensToThingsIsToldOnceHoweverLateItIsSeen() async throws {
        let events = try #require(EventReader(hub.events))
        explainer.happenings.withLock { $0[2] = [ObjectEvent(kind: "began", track: 3, label: "dog")] }
        async let run: Void = pipeline.run()
        defer { release() }
        source.give(1)
        explainer.allow(1)
        _ = try await next(events)
        for _ in 0..<10 {
            source.give(1)
            _ = try await next(events)
        }
        explainer.allow(1000)
        #expect(try #require(await events.next("object")) == #"{"event":"began","id":3,"label":"dog"}"#)
        for _ in 0..<3 {
            source.give(1)
            _ = try await next(events)
        }
        source.end()
        try await run
        #expect(await events.waiting("object") == nil)
    }

    @Test func theClassifierSeesOnlyOneFrameOfSoManyWhereThatIsWanted() async throws {
        let events = try #require(EventReader(hub.events))
        var pipeline = pipeline
        pipeline.pace = InferencePace(every: 3, rate: nil)
        explainer.allow(10_000)
        async let run: Void = pipeline.run()
        defer { release() }
        var shown: [Shown] = []
        for _ in 0..<10 {
            source.give(1)
            shown.append(try await next(events))
        }
        source.end()
        try await run
        #expect(shown.map(\.frame) == Array(0..<10))
        check(shown)
        #expect(explainer.submitted.withLock { $0 } == [0, 3, 6, 9])
    }

    @Test func nothingIsDrawnWhileNobodyLooksAndAllIsToldAllTheSame() async throws {
        let events = try #require(EventReader(hub.events))
        explainer.allow(10_000)
        async let run: Void = pipeline.run()
        defer { release() }
        func see(_ count: Int) async throws -> [Shown] {
            var shown: [Shown] = []
            for _ in 0..<count {
                source.give(1)
                shown.append(try await next(events))
            }
            return shown
        }
        var shown = try await see(20)
        let undrawn = hub.metrics.undrawn.value
        #expect(drawn + undrawn == 20)
        // The first is drawn, and where a picture comes a second after the one before, it is, too.
        #expect(drawn >= 1 && undrawn > 0)
        let viewer = try #require(hub.feed.subscribe())
        shown += try await see(20)
        #expect(hub.metrics.undrawn.value == undrawn && drawn + undrawn == 40)
        hub.feed.unsubscribe(viewer)
        shown += try await see(20)
        #expect(hub.metrics.undrawn.value > undrawn)
        source.end()
        try await run
        #expect(shown.map(\.frame) == Array(0..<60) && shown.last?.top.first != nil)
        check(shown)
        #expect(hub.ledger.counts == .init(captured: 60, written: 60))
        #expect(drawn + hub.metrics.undrawn.value == 60)
    }

    /// How many pictures were painted.
    private var drawn: Int { hub.metrics.overlay.snapshot.counts.reduce(0, +) }

    @Test func whateverIsDroppedIsCountedAndTheNewestWins() async throws {
        let events = try #require(EventReader(hub.events))
        explainer.allow(10_000)
        source.lost.withLock { $0 = ["missed": 3] }
        async let run: Void = pipeline.run()
        defer { release() }
        source.give(3000)
        source.end()
        try await run
        let counts = hub.ledger.counts
        #expect(counts.captured == 3003 && counts.inFlight == 0)
        #expect(counts.dropped["missed"] == 3)
        #expect(counts.written == 3000 - (counts.dropped["overlay"] ?? 0))
        #expect(counts.written > 0)
        // The last one is always shown.
        var last: Shown?
        while let event = await events.waiting("frame") { last = try shown(event) }
        #expect(last?.frame == 2999)
        #expect(hub.metrics.skipped.value + explainer.submitted.withLock { $0.count } == 3000)
    }

    @Test func aPictureWhosePlaceInTheQueueASlateTakesIsCountedAsDropped() throws {
        let pictures = Channel<LiveItem>(capacity: 1, whenFull: .dropOldest)
        source.give(1)
        guard let frame = try source.next() else {
            Issue.record("the source gives one")
            return
        }
        hub.ledger.capture()
        // Macros take no values that cannot be copied.
        let arrived = Arrived(frame: frame, at: .now, session: sessions.current)
        let isTaken = pipeline.offer(.picture(arrived), to: pictures)
        #expect(isTaken && hub.ledger.counts.inFlight == 1)
        for _ in 0..<2 { pipeline.offer(.slate(["no signal"]), to: pictures) }
        #expect(hub.ledger.counts == .init(captured: 1, dropped: ["overlay": 1]))
    }

    @Test func switchingLosesNoPictureAndEachIsOfOneSession() async throws {
        let events = try #require(EventReader(hub.events))
        explainer.allow(10_000)
        let next = ScriptedExplainer(labels: ["red", "green", "blue"], methods: ["gradcam"], word: "frame")
        next.allow(10_000)
        openings.give(next)
        async let run: Void = pipeline.run()
        defer { release() }
        var shown: [Shown] = []
        for frame in 0..<60 {
            if frame == 20 {
                try settings.change([.init(key: "infer.method", value: .text("gradcam"))])
                // It is being opened, and pictures go on.
                #expect(settings.list.first { $0.key == "infer.method" }?.isPending == true)
            }
            if frame == 30 {
                openings.allow(1)
                try await waitForSwitch { sessions.current.facts.methods[0].name == "gradcam" }
            }
            source.give(1)
            shown.append(try await self.next(events))
        }
        source.end()
        try await run
        #expect(shown.map(\.frame) == Array(0..<60))
        check(shown)
        #expect(hub.ledger.counts == .init(captured: 60, written: 60))
        // Each frame was explained by the session that held when it came.
        #expect(explainer.submitted.withLock { $0.allSatisfy { $0 < 30 } })
        #expect(next.submitted.withLock { $0.allSatisfy { $0 >= 30 } && !$0.isEmpty })
        #expect(explainer.cancels.load(ordering: .relaxed) == 1)
        #expect(settings.list.first { $0.key == "infer.method" }?.isPending == false)
    }

    @Test func aSessionThatFailsOnPicturesGivesWayToWhatTheFileSaysAndEndsNothing() async throws {
        let events = try #require(EventReader(hub.events))
        explainer.allow(10_000)
        let (broken, next) = (ScriptedExplainer(methods: ["fem"], fails: true), ScriptedExplainer())
        for given in [broken, next] {
            given.allow(10_000)
            openings.give(given)
        }
        openings.allow(2)
        async let run: Void = pipeline.run()
        defer { release() }
        var shown = 0
        try settings.change([.init(key: "infer.method", value: .text("fem"))])
        while sessions.current.explainer !== next {
            source.give(1)
            _ = try await self.next(events)
            shown += 1
        }
        source.end()
        try await run
        #expect(hub.ledger.counts == .init(captured: shown, written: shown))
        let method = try #require(settings.list.first { $0.key == "infer.method" })
        #expect(method.value == .text("auto") && method.problem?.contains("not finite numbers") == true)
    }

    @Test func aPictureWhoseScoresAreNoNumbersEndsNothing() async throws {
        let events = try #require(EventReader(hub.events))
        explainer.allow(10_000)
        async let run: Void = pipeline.run()
        defer { release() }
        var shown: [Shown] = []
        func look() async throws {
            source.give(1)
            shown.append(try await self.next(events))
        }
        while shown.last?.mapFrame == nil { try await look() }
        let odd = Set(stride(from: 1, to: 10_000, by: 2))
        explainer.failing.withLock { $0 = odd }
        let start = shown.count
        // Until one has failed, and a later one has not.
        func failed() -> Int? {
            explainer.submitted.withLock { $0.first { $0 > start && odd.contains($0) } }
        }
        while failed().map({ $0 >= shown.last?.mapFrame ?? 0 }) ?? true { try await look() }
        source.end()
        try await run
        #expect(
            shown.dropFirst(start + 1).allSatisfy {
                !odd.contains($0.mapFrame ?? 0) || $0.mapFrame ?? 0 <= start
            })
        #expect(hub.ledger.counts == .init(captured: shown.count, written: shown.count))
    }

    private func waitForSwitch(_ condition: () -> Bool) async throws {
        while !condition() { await Task.yield() }
    }
}
