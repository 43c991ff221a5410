import Capture
import Foundation
import Infer
import Logging
import Overlay
import Pipeline
import Synchronization
import TestSupport
import Testing

@testable import Live
@testable import Serve

@Suite(.timeLimit(.minutes(30))) struct CameraSetTests {
    /// What the set made, by name.
    private final class Made: Sendable {
        private let audience = Audience(nil)
        private let models = SharedModels(keeping: 1)
        private let runs = Mutex<[String: CameraRun]>([:])
        private let sources: [String: ScriptedSource]

        /// - Parameter sources: of the cameras that have one; others open what their settings say.
        init(_ sources: [String: ScriptedSource] = [:]) { self.sources = sources }

        @Sendable func make(_ camera: NamedCamera) -> CameraRun {
            let source = sources[camera.name]
            let run = CameraRun(
                camera.config, LiveHub(audience, camera: camera.name), models: models, source: source,
                interrupt: source.map { _ in Interrupt() },
                log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            runs.withLock { $0[camera.name] = run }
            return run
        }

        func hub(_ name: String) throws -> LiveHub { try #require(runs.withLock { $0[name] }).hub }

        func problems(_ name: String) async throws -> [String] {
            await (try hub(name)).served(isRequired: true).program.problems()
        }

        func waitForProblem(_ text: String, _ name: String) async throws {
            while try await !problems(name).contains(where: { $0.contains(text) }) {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    private func camera(
        _ name: String, _ input: String = "demo:size=64x48,fps=25", _ change: (inout CameraConfig) -> Void = { _ in }
    ) -> NamedCamera {
        var config = CameraConfig()
        config.capture.input = input
        config.capture.live = true
        config.infer.model = checkout.appending(path: "models/colours/colours.yaml").path
        config.overlay.labels = .none
        change(&config)
        return NamedCamera(name: name, config)
    }

    private struct Shown: Decodable { let time: Double }

    private func frame(_ events: EventReader) async throws -> Int {
        let shown = try JSONDecoder().decode(Shown.self, from: Data(try #require(await events.next("frame")).utf8))
        return Int((shown.time / 0.04).rounded())
    }

    @Test func othersComeChangeAndGoAndACameraLosesNoFrame() async throws {
        let source = try ScriptedSource()
        let made = Made(["door": source])
        let (door, yard) = (camera("door"), camera("yard"))
        let set = try CameraSet([door, yard], make: made.make)
        let hub = try made.hub("door")
        let (events, others) = (
            try #require(EventReader(hub.events)), try #require(EventReader(try made.hub("yard").events))
        )
        async let run: Void = set.run()
        defer {
            source.end()
            set.stop()
        }
        var frames: [Int] = []
        func see() async throws {
            for _ in 0..<5 {
                source.give(1)
                frames.append(try await frame(events))
            }
        }
        try await see()
        _ = try await frame(others)
        // One is changed within its pipeline, then gets another one, then is replaced.
        #expect(try set.follow([door, camera("yard") { $0.overlay.opacity = 0.1 }]))
        try await see()
        #expect(try set.follow([door, camera("yard", "demo:size=80x48,fps=25")]))
        try await see()
        #expect(try set.follow([door, camera("gate")]))
        try await see()
        let gate = try #require(EventReader(try made.hub("gate").events))
        _ = try await frame(gate)
        try await see()
        #expect(try !set.follow([door, camera("gate")]))
        while await others.next("frame") != nil {}  // they end with the camera
        source.end()
        set.stop()
        try await run
        #expect(frames == Array(0..<25))
        #expect(hub.ledger.counts == .init(captured: 25, written: 25))
        #expect(set.served["yard"] == nil)
    }

    @Test func aCameraThatCannotBeOpenedIsToldAndTriedAgainAndHoldsUpNoOther() async throws {
        let made = Made()
        let set = try CameraSet([camera("lost", "/nowhere/film.mp4"), camera("door")], make: made.make)
        let (door, lost) = (
            try #require(EventReader(try made.hub("door").events)),
            try #require(EventReader(try made.hub("lost").events))
        )
        async let run: Void = set.run()
        defer { set.stop() }
        try await made.waitForProblem("/nowhere/film.mp4", "lost")
        _ = try await frame(door)
        #expect(try await made.problems("door").isEmpty)
        #expect(try set.follow([camera("lost"), camera("door")]))
        _ = try await frame(lost)
        #expect(try await made.problems("lost").isEmpty)
        set.stop()
        try await run
    }

    @Test func anInputThatEndsLeavesTheOthersAndTheLastEndIsTheEnd() async throws {
        let made = Made()
        let set = try CameraSet(
            [
                camera("first", "demo:size=64x48,fps=25,seconds=0.2"),
                camera("second", "demo:size=64x48,seconds=0.4,fps=25"),
            ],
            make: made.make)
        try await set.run()
        #expect(try await made.problems("first") == ["the input has ended"])
        #expect(try made.hub("second").ledger.counts.inFlight == 0)
    }

    @Test func withoutANameAFailureIsTheProgramsOwn() async throws {
        let set = try CameraSet([camera("", "/nowhere/film.mp4")], make: Made().make)
        await #expect(throws: CaptureError.self) { try await set.run() }
    }

    @Test func settingsThatAreWrongAnywhereChangeNothing() async throws {
        let made = Made()
        let set = try CameraSet([camera("door"), camera("yard")], make: made.make)
        let events = try #require(EventReader(try made.hub("yard").events))
        async let run: Void = set.run()
        defer { set.stop() }
        _ = try await frame(events)
        #expect(throws: InferError.self) {
            try set.follow([
                camera("door") { $0.overlay.opacity = 0.1 }, camera("yard") { $0.infer.explainedClass = "horse" },
                camera("gate"),
            ])
        }
        #expect(set.served["gate"] == nil)
        #expect(try !set.follow([camera("door"), camera("yard")]))
        set.stop()
        try await run
    }

    @Test func whatIsMeasuredOfACameraGoesWithIt() async throws {
        let audience = Audience(nil)
        let models = SharedModels()
        let set = try CameraSet([camera("door"), camera("yard")]) { camera in
            CameraRun(
                camera.config, LiveHub(audience, camera: camera.name), models: models,
                log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }
        async let run: Void = set.run()
        defer { set.stop() }
        #expect(audience.registry.text.contains(#"camera="yard""#))
        _ = try set.follow([camera("door")])
        while audience.registry.text.contains(#"camera="yard""#) { try await Task.sleep(for: .milliseconds(5)) }
        #expect(audience.registry.text.contains(#"camera="door""#))
        set.stop()
        try await run
    }
}
