import Daemon
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct WatchdogTests {
    /// The state of a program from one half of the interval to the next.
    private final class Script: Sendable {
        private let state: Mutex<(counter: Int, steps: [Int], sleeps: [Duration], stalls: [Duration])>

        /// - Parameter steps: by how much the counter moves in each half; then the task is cancelled.
        init(_ steps: [Int]) { state = Mutex((7, steps, [], [])) }

        var counter: Int { state.withLock { $0.counter } }
        var sleeps: [Duration] { state.withLock { $0.sleeps } }
        var stalls: [Duration] { state.withLock { $0.stalls } }
        func stall(_ time: Duration) { state.withLock { $0.stalls.append(time) } }

        func sleep(_ time: Duration) throws {
            try state.withLock { state in
                guard !state.steps.isEmpty else { throw CancellationError() }
                state.sleeps.append(time)
                state.counter += state.steps.removeFirst()
            }
        }
    }

    /// Runs a watchdog of 10 s through a script.
    ///
    /// - Returns: how many pings came.
    private func run(_ script: Script, interval: String? = "10000000") async throws -> Int {
        let folder = try TemporaryFolder()
        let receiver = try NotifyReceiver(folder.file("notify"))
        let manager = ServiceManager(
            ServiceVariables(["NOTIFY_SOCKET": receiver.name, "WATCHDOG_USEC": interval ?? ""]))
        await Watchdog(
            manager, progress: { script.counter }, onStall: script.stall, sleep: { try script.sleep($0) }
        ).run()
        var pings = 0
        while !receiver.isEmpty {
            #expect(try receiver.next() == ["WATCHDOG=1"])
            pings += 1
        }
        return pings
    }

    @Test func itPingsTwiceAnIntervalWhileThereIsProgress() async throws {
        let script = Script([1, 40, 1])
        #expect(try await run(script) == 3)
        #expect(script.sleeps == [.seconds(5), .seconds(5), .seconds(5)])
        #expect(script.stalls == [])
    }

    @Test func itIsSilentWhileTheCounterStandsStill() async throws {
        let script = Script([1, 0, 0, 0])
        #expect(try await run(script) == 1)
        #expect(script.stalls == [.seconds(5)])
    }

    @Test func itIsSilentFromTheStartWithoutProgress() async throws {
        #expect(try await run(Script([0, 0])) == 0)
    }

    @Test func itPingsAgainWhenThingsGoOnAndTellsOfEachStall() async throws {
        let script = Script([0, 3, 0, 0, 1, 1])
        #expect(try await run(script) == 3)
        #expect(script.stalls == [.seconds(5), .seconds(5)])
    }

    @Test func aCounterThatBeginsAnewIsProgress() async throws {
        #expect(try await run(Script([-7])) == 1)
    }

    @Test func nobodyWaitsForPingsWithoutAnInterval() async throws {
        let script = Script([1, 1])
        #expect(try await run(script, interval: nil) == 0)
        #expect(script.sleeps == [])
    }

    @Test func itEndsWithItsTask() async throws {
        let manager = ServiceManager(ServiceVariables(["WATCHDOG_USEC": "3600000000"]))
        let task = Task { await Watchdog(manager, progress: { 0 }).run() }
        task.cancel()
        await task.value
    }
}
