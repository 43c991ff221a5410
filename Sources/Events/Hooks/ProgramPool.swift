import Glibc
import Logging
import Pipeline
import Synchronization

/// Runs hooks' programs, a few at once. What comes while all are busy is lost and counted: a program that never ends must not have
/// a thousand others wait for it.
final class ProgramPool: Sendable {
    static let mostAtOnce = 4

    private struct State {
        var idle: [StageThread]
        var running: Set<pid_t> = []
        var isOver = false
    }

    private let all: [StageThread]
    private let state: Mutex<State>
    private let counts: HookCounts
    private let log: Logger

    init(_ counts: HookCounts, _ log: Logger) throws(LackOfResources) {
        var threads: [StageThread] = []
        for _ in 0..<Self.mostAtOnce { threads.append(try StageThread("hook")) }
        all = threads
        state = Mutex(State(idle: threads))
        (self.counts, self.log) = (counts, log)
    }

    var running: Int { state.withLock { all.count - $0.idle.count } }

    /// Never waits.
    ///
    /// - Parameter seconds: that it may take.
    func run(_ words: [String], environment: [String], seconds: Double) {
        guard let thread = state.withLock({ $0.isOver ? nil : $0.idle.popLast() }) else {
            counts.lose(.run)
            return log.warning("\(words[0]) is not run: \(Self.mostAtOnce) programs of hooks run already")
        }
        thread.run { [self] in
            runAndWait(words, environment, seconds)
            state.withLock { $0.idle.append(thread) }
        }
    }

    /// Ends those that run.
    func finish(within limit: Duration) {
        let end = ContinuousClock.now + limit
        state.withLock { state in
            state.isOver = true
            for process in state.running { ProgramRun.kill(process) }
        }
        for thread in all { _ = thread.wait(within: max(end - .now, .zero)) }
    }

    private func runAndWait(_ words: [String], _ environment: [String], _ seconds: Double) {
        do throws(HookFault) {
            // Under the lock, so that who ends all knows it.
            let outcome = try start(words, environment)?.wait(seconds: seconds) { process in
                state.withLock { _ = $0.running.remove(process) }
            }
            switch outcome {
            case .ended(0): return counts.done(.run)
            case .ended(let code): log.warning("\(words[0]) ended with exit code \(code)")
            case .killed(let signal): log.warning("\(words[0]) was ended by signal \(signal)")
            case .outOfTime: log.warning("\(words[0]) took longer than \(shortest(seconds)) s and was ended")
            case nil: break
            }
        } catch {
            log.warning("\(error)")
        }
        counts.fail(.run)
    }

    /// - Returns: nil: all is over.
    private func start(_ words: [String], _ environment: [String]) throws(HookFault) -> ProgramRun? {
        let result: Result<pid_t?, HookFault> = state.withLock { state in
            if state.isOver { return .success(nil) }
            do throws(HookFault) {
                let process = try ProgramRun.start(words, environment: environment)
                state.running.insert(process)
                return .success(process)
            } catch {
                return .failure(error)
            }
        }
        return try result.get().map(ProgramRun.init)
    }
}
