import Capture
import Logging
import Overlay
import Pipeline
import Synchronization
import Testing

@testable import Live

/// The transitions, one by one. What happens while a pipeline is opened or runs is called from its opening or its run.
struct ReloadTests {
    private struct Wrong: Error, Equatable {}

    /// What a pipeline does.
    private enum Step {
        /// Looks at the interrupt, as an input does.
        case opens(during: () throws -> Void = {}, runs: () throws -> Void = {})
        /// Does not look at it, as a model that is loaded.
        case opensBlindly(during: () throws -> Void)
        case fails(during: () throws -> Void = {})
    }

    private let reload = Reload(Self.config("a"), nil, Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    private let taken = Taken()

    /// What running pipelines were given.
    private final class Taken: Sendable {
        private let all = Mutex<[CameraConfig]>([])
        var configs: [CameraConfig] { all.withLock { $0 } }
        func append(_ config: CameraConfig) { all.withLock { $0.append(config) } }
    }

    private static func config(_ input: String, opacity: Double = 1) -> CameraConfig {
        var config = CameraConfig()
        config.capture.input = input
        config.overlay.opacity = opacity
        return config
    }

    @discardableResult
    private func take(_ input: String, opacity: Double = 1) throws -> Reload.Answer {
        try reload.take(Self.config(input, opacity: opacity), apply)
    }

    @Sendable private func apply(_ config: CameraConfig) throws {
        guard config.overlay.opacity > 0 else { throw Wrong() }
        taken.append(config)
    }

    /// - Returns: the openings, such as "a start".
    private func run(_ steps: [Step]) async throws -> [String] {
        var openings: [String] = []
        var left = steps[...]
        func open(_ attempt: Reload.Attempt) throws -> (() async throws -> Void)? {
            openings.append("\(attempt.config.capture.input) \(attempt.reason)")
            guard let step = left.popFirst() else {
                Issue.record("opened once more: \(openings)")
                reload.stop()
                return nil
            }
            switch step {
            case .opens(let during, let runs):
                try during()
                return attempt.interrupt.isRaised ? nil : { try runs() }
            case .opensBlindly(let during):
                try during()
                return { #expect(attempt.interrupt.isRaised, "nothing ends it") }
            case .fails(let during):
                try during()
                throw Wrong()
            }
        }
        try await reload.run(open, apply)
        #expect(left.isEmpty, "opened: \(openings)")
        return openings
    }

    // MARK: - While a pipeline runs

    @Test func aRunIsOverWhenItsInputEnds() async throws {
        #expect(try await run([.opens()]) == ["a start"])
        #expect(try take("b") == .unchanged)
    }

    @Test func otherSettingsEndThePipelineAndTheNextOneHasThem() async throws {
        let openings = try await run([
            .opens(runs: { () throws in
                #expect(try take("b") == .restarting)
                #expect(reload.newest == Self.config("b"))
            }), .opens(),
        ])
        #expect(openings == ["a start", "b newSettings"])
    }

    @Test func theNewestOfSeveralSettingsWin() async throws {
        let openings = try await run([
            .opens(runs: { () throws in
                #expect(try take("b") == .restarting)
                // A live setting, too: the pipeline is on its way out.
                #expect(try take("b", opacity: 0.5) == .restarting)
                #expect(try take("c") == .restarting)
                #expect(try take("c") == .unchanged)
            }), .opens(),
        ])
        #expect(openings == ["a start", "c newSettings"] && taken.configs.isEmpty)
    }

    @Test func liveSettingsAreTakenAtOnceAndTheSameOnesOnce() async throws {
        let openings = try await run([
            .opens(runs: { () throws in
                #expect(try take("a") == .unchanged)
                #expect(try take("a", opacity: 0.5) == .taken)
                #expect(try take("a", opacity: 0.5) == .unchanged)
                #expect(throws: Wrong.self) { try take("a", opacity: 0) }
                #expect(reload.newest == Self.config("a", opacity: 0.5))
            })
        ])
        #expect(openings == ["a start"])
        #expect(taken.configs == [Self.config("a", opacity: 0.5)])
    }

    @Test func aPipelineThatFailsWhileOthersWaitIsFollowedByThem() async throws {
        let openings = try await run([
            .opens(runs: { () throws in
                try take("b")
                throw Wrong()
            }), .opens(),
        ])
        #expect(openings == ["a start", "b newSettings"])
    }

    @Test func aPipelineThatFailsEndsTheRun() async throws {
        await #expect(throws: Wrong.self) { try await run([.opens(runs: { throw Wrong() })]) }
    }

    // MARK: - While one is opened

    @Test func settingsThatComeWhileAPipelineIsOpenedGiveItUp() async throws {
        let openings = try await run([
            .opens(runs: { try take("b") }), .opens(during: { () throws in #expect(try take("c") == .restarting) }),
            .opens(),
        ])
        #expect(openings == ["a start", "b newSettings", "c newSettings"])
    }

    @Test func andIfItOpensInSpiteOfThatItEndsAtOnce() async throws {
        let openings = try await run([
            .opens(runs: { try take("b") }), .opensBlindly(during: { try take("c") }), .opens(),
        ])
        #expect(openings == ["a start", "b newSettings", "c newSettings"])
    }

    @Test func goingBackToWhatIsBeingOpenedOpensItAnew() async throws {
        let openings = try await run([
            .opens(runs: { try take("b") }),
            .opensBlindly(during: { () throws in
                #expect(try take("c") == .restarting)
                #expect(try take("b") == .restarting)
            }), .opens(),
        ])
        #expect(openings == ["a start", "b newSettings", "b newSettings"])
    }

    @Test func liveSettingsThatComeWhileAPipelineIsOpenedHoldInIt() async throws {
        let openings = try await run([
            .opens(runs: { try take("b") }),
            .opens(
                during: { () throws in
                    #expect(try take("b", opacity: 0.5) == .waiting)
                    #expect(try take("b", opacity: 0.25) == .waiting)
                    #expect(taken.configs.isEmpty)
                },
                runs: { () throws in
                    #expect(taken.configs == [Self.config("b", opacity: 0.25)])
                    #expect(try take("b", opacity: 0.25) == .unchanged)
                }),
        ])
        #expect(openings == ["a start", "b newSettings"])
    }

    @Test func liveSettingsThatThePipelineRefusesAreForgotten() async throws {
        let openings = try await run([
            .opens(
                during: { () throws in #expect(try take("a", opacity: 0) == .waiting) },
                runs: { () throws in #expect(reload.newest == Self.config("a")) })
        ])
        #expect(openings == ["a start"])
    }

    @Test func settingsThatComeBeforeTheFirstOpeningHoldFromTheStart() async throws {
        #expect(try take("b") == .waiting)
        #expect(try await run([.opens()]) == ["b start"])
    }

    // MARK: - Failures

    @Test func settingsWithWhichNoPipelineOpensLeadBackToTheOldOnes() async throws {
        let openings = try await run([.opens(runs: { try take("b") }), .fails(), .opens()])
        #expect(openings == ["a start", "b newSettings", "a oldSettings"])
        #expect(reload.newest == Self.config("a"))
    }

    @Test func othersThatCameMeanwhileAreTriedBeforeGoingBack() async throws {
        let openings = try await run([
            .opens(runs: { try take("b") }), .fails(during: { try take("c") }), .fails(), .opens(),
        ])
        #expect(openings == ["a start", "b newSettings", "c newSettings", "a oldSettings"])
    }

    @Test func settingsThatNeverRanAreNotGoneBackTo() async throws {
        let openings = try await run([
            .opens(runs: { try take("b") }), .opens(during: { try take("c") }), .fails(), .opens(),
        ])
        #expect(openings == ["a start", "b newSettings", "c newSettings", "a oldSettings"])
    }

    @Test func unlessNoneRanBefore() async throws {
        let openings = try await run([.opens(during: { try take("b") }), .fails(), .opens()])
        #expect(openings == ["a start", "b newSettings", "a oldSettings"])
    }

    @Test func settingsThatComeOnTheWayBackAreTaken() async throws {
        let openings = try await run([
            .opens(runs: { try take("b") }), .fails(), .opens(during: { try take("c") }), .fails(), .opens(),
        ])
        #expect(openings == ["a start", "b newSettings", "a oldSettings", "c newSettings", "a oldSettings"])
    }

    @Test func thereIsNoWayBackFromTheStart() async throws {
        await #expect(throws: Wrong.self) { try await run([.fails()]) }
    }

    @Test func thereIsNoWayBackFromTheOldOnes() async throws {
        let steps: [Step] = [.opens(runs: { try take("b") }), .fails(), .fails()]
        await #expect(throws: Wrong.self) { try await run(steps) }
    }

    // MARK: - Stop

    @Test func aStopEndsAnOpening() async throws {
        let openings = try await run([.opens(during: { reload.stop() })])
        #expect(openings == ["a start"])
    }

    @Test func aStopEndsAPipelineWhateverWaits() async throws {
        let openings = try await run([
            .opens(runs: { () throws in
                try take("b")
                reload.stop()
                #expect(try take("c") == .unchanged)
            })
        ])
        #expect(openings == ["a start"])
    }

    @Test func aStopEndsTheWayBack() async throws {
        let openings = try await run([.opens(runs: { try take("b") }), .fails(during: { reload.stop() })])
        #expect(openings == ["a start", "b newSettings"])
    }

    @Test func aStopBeforeTheStartOpensNothing() async throws {
        reload.stop()
        #expect(try await run([]) == [])
    }

    @Test func anInputThatIsOpenBeforeKeepsItsInterrupt() throws {
        let interrupt = Interrupt()
        let reload = Reload(Self.config("a"), interrupt, Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        reload.stop()
        #expect(interrupt.isRaised)
    }

    // MARK: - After a failure with nothing to go back to

    @Test func theSameIsTriedAgainWhereThatIsWanted() async throws {
        var openings: [Reload.Attempt.Reason] = []
        try await reload.run(
            { attempt in
                openings.append(attempt.reason)
                if openings.count < 3 { throw Wrong() }
                return {}
            }, apply, afterFailure: { _ in true })
        #expect(openings == [.start, .again, .again])
    }

    @Test func settingsThatComeMeanwhileAreTriedInItsPlace() async throws {
        var openings: [String] = []
        try await reload.run(
            { attempt in
                openings.append("\(attempt.config.capture.input) \(attempt.reason)")
                if openings.count < 2 { throw Wrong() }
                return {}
            }, apply,
            afterFailure: { _ in
                #expect(!reload.isWanted)
                #expect((try? take("b")) == .waiting)
                return reload.isWanted
            })
        #expect(openings == ["a start", "b newSettings"])
    }

    @Test func anEndWhileItWaitsIsTheEnd() async throws {
        try await reload.run(
            { _ in throw Wrong() }, apply,
            afterFailure: { _ in
                reload.stop()
                return true
            })
        #expect(reload.isOver)
    }
}
