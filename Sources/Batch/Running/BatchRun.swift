package import Pipeline
import Synchronization

/// Does the jobs of a part of a plan, several at a time. Those that somebody else does just now come last.
package final class BatchRun: Sendable {
    /// How it ended, in jobs.
    package struct Tally: Sendable, Equatable {
        package var done = 0
        package var skipped = 0
        package var bad = 0
        /// To be tried again.
        package var failed = 0
        /// Not begun, or given up.
        package var left = 0
        package var fatal: JobFailure?

        package init() {}

        /// All that can be done is done.
        package var isComplete: Bool { failed == 0 && left == 0 && fatal == nil }
    }

    /// What to do with the jobs that are left.
    package enum Stop: Int, Sendable {
        /// Finish those under way, begin no other.
        case soon = 1
        /// Give up those under way, too.
        case now = 2
    }

    private let jobs: [PlannedJob]
    private let runner: JobRunner
    private let parallel: Int
    private let onOutcome: @Sendable (PlannedJob, JobRunner.Outcome, Tally) -> Void
    private let state: Mutex<State>

    private struct State {
        var next = 0
        var busy: [PlannedJob] = []
        var tally = Tally()
        var stop: Stop?
        /// Of the machine, one after the other.
        var failures = 0
    }

    /// So many failures of the machine in a row, and the others are not tried.
    private static let mostFailures = 3

    /// - Parameters:
    ///   - parallel: jobs at a time.
    ///   - onOutcome: is told of each job, from any thread.
    package init(
        _ jobs: [PlannedJob], _ runner: JobRunner, parallel: Int,
        onOutcome: @escaping @Sendable (PlannedJob, JobRunner.Outcome, Tally) -> Void = { _, _, _ in }
    ) {
        (self.jobs, self.runner, self.parallel, self.onOutcome) = (jobs, runner, parallel, onOutcome)
        state = Mutex(State())
    }

    /// May be called at any time, from any thread.
    package func stop(_ stop: Stop) {
        state.withLock { $0.stop = ($0.stop?.rawValue ?? 0) < stop.rawValue ? stop : $0.stop }
    }

    private var isStopped: Bool {
        state.withLock { $0.stop != nil || $0.tally.fatal != nil || $0.failures >= Self.mostFailures }
    }

    /// - Throws: `LackOfResources` if there is no thread for a worker.
    package func callAsFunction() async throws(LackOfResources) -> Tally {
        // Workers wait for files, disks and compilers, by which Swift's own few threads would be held up.
        var threads: [StageThread] = []
        for _ in 0..<max(parallel, 1) { threads.append(try StageThread("job")) }
        await withTaskGroup(of: Void.self) { [threads] group in
            for thread in threads {
                group.addTask(executorPreference: thread) { [self] in
                    let watch = LockWatch()
                    while let job = take() { note(job, await runner(job, watch)) }
                }
            }
        }
        await finishBusy()
        return state.withLock { state in
            state.tally.left += jobs.count - state.next + state.busy.count
            return state.tally
        }
    }

    private func take() -> PlannedJob? {
        if isStopped { return nil }
        return state.withLock { state in
            guard state.next < jobs.count else { return nil }
            defer { state.next += 1 }
            return jobs[state.next]
        }
    }

    /// Looks at others' jobs until each is done, here or there.
    private func finishBusy() async {
        let watch = LockWatch()
        while !isStopped {
            let busy = state.withLock { state in
                defer { state.busy = [] }
                return state.busy
            }
            if busy.isEmpty { return }
            for (index, job) in busy.enumerated() {
                if isStopped {
                    state.withLock { $0.busy += busy[index...] }
                    return
                }
                note(job, await runner(job, watch))
            }
            if state.withLock({ $0.busy.isEmpty }) { return }
            try? await Task.sleep(for: .milliseconds(300))
        }
    }

    private func note(_ job: PlannedJob, _ outcome: JobRunner.Outcome) {
        let tally = state.withLock { state in
            var isFailure = false
            switch outcome {
            case .done: state.tally.done += 1
            case .skipped: state.tally.skipped += 1
            case .bad, .badBefore: state.tally.bad += 1
            case .busy: state.busy.append(job)
            case .failed(.stopped): state.tally.left += 1
            case .failed(let failure):
                if case .fatal = failure { state.tally.fatal = state.tally.fatal ?? failure }
                state.tally.failed += 1
                if case .machine = failure { isFailure = true }
            }
            if case .busy = outcome { return state.tally }
            state.failures = isFailure ? state.failures + 1 : 0
            return state.tally
        }
        onOutcome(job, outcome, tally)
    }
}
