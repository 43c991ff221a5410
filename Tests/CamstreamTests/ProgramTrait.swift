import Pipeline
import Synchronization
import Testing

/// Marks tests that run the built program: they wait for another process, so they get a thread of their own, and few of
/// them run at a time. On the threads that all tests share they would hold up those that must answer within a time.
struct ProgramTrait: SuiteTrait, TestTrait, TestScoping {
    private static let gate = Gate(places: 3)

    var isRecursive: Bool { true }

    /// Of suites, too, not of their tests alone.
    func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { test.isSuite || testCase != nil ? self : nil }

    @concurrent func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let thread = try StageThread("program test")
        defer { withExtendedLifetime(thread) {} }
        try await withTaskExecutorPreference(thread) {
            // A suite's tests begin on its thread: on the shared ones their turn would come after all tests that are queued
            // there, minutes later, and these, which mostly wait, would run alone at the end.
            guard testCase != nil else { return try await function() }
            await Self.gate.enter()
            defer { Self.gate.leave() }
            try await function()
        }
    }

    /// Lets so many in at a time, in the order in which they came.
    private final class Gate: Sendable {
        private let state: Mutex<(places: Int, waiting: [CheckedContinuation<Void, Never>])>

        init(places: Int) { state = Mutex((places, [])) }

        func enter() async {
            await withCheckedContinuation { continuation in
                let isIn = state.withLock { state in
                    guard state.places > 0 else {
                        state.waiting.append(continuation)
                        return false
                    }
                    state.places -= 1
                    return true
                }
                if isIn { continuation.resume() }
            }
        }

        func leave() {
            let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
                if !state.waiting.isEmpty { return state.waiting.removeFirst() }
                state.places += 1
                return nil
            }
            next?.resume()
        }
    }
}

extension Trait where Self == ProgramTrait {
    static var runsProgram: Self { ProgramTrait() }
}
