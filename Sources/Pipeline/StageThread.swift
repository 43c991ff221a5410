import CLinux
import Dispatch
import Glibc
import Synchronization

/// One named OS thread that runs the tasks of one stage, so that a blocking C call never holds up another stage.
///
/// `group.addTask(executorPreference: try StageThread("capture")) { ... }`
package final class StageThread: TaskExecutor {
    private let jobs = Jobs()

    /// - Parameters:
    ///   - name: as `top -H` shows it; 15 bytes at most.
    ///   - niceness: 0...19, how far other threads go first at the processor and the disk.
    /// - Throws: `LackOfResources.threads` if the process may have no more, or no memory for another's stack.
    package init(_ name: String, niceness: Int32 = 0) throws(LackOfResources) {
        let start = Unmanaged.passRetained(Start(name: name, niceness: niceness, jobs: jobs))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                _ = shim_set_thread_name(start.name)
                // On Linux it is the thread's own.
                if start.niceness > 0 { _ = nice(start.niceness) }
                start.jobs.runUntilClosed()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw .threads(count: 0, needed: 1)
        }
        pthread_detach(thread)
    }

    deinit { jobs.close() }

    package func enqueue(_ job: consuming ExecutorJob) {
        let executor = asUnownedTaskExecutor()
        jobs.append(.task(UnownedJob(job), executor))
    }

    /// Lets the thread do work that blocks, after what it was given before.
    package func run(_ work: @escaping @Sendable () -> Void) { jobs.append(.work(work)) }

    /// Blocks until all that the thread was given is done.
    ///
    /// - Parameter limit: how long that may take; nil: as long as it takes.
    /// - Returns: false if it is not done by then.
    package func wait(within limit: Duration? = nil) -> Bool {
        let isDone = DispatchSemaphore(value: 0)
        run { isDone.signal() }
        guard let limit else {
            isDone.wait()
            return true
        }
        let nanoseconds = max(0, min(limit / .nanoseconds(1), 1e18))
        return isDone.wait(timeout: .now() + .nanoseconds(Int(nanoseconds))) == .success
    }

    private final class Start {
        let name: String
        let niceness: Int32
        let jobs: Jobs
        init(name: String, niceness: Int32, jobs: Jobs) {
            self.name = name
            self.niceness = niceness
            self.jobs = jobs
        }
    }

    private enum Job: Sendable {
        case task(UnownedJob, UnownedTaskExecutor)
        case work(@Sendable () -> Void)
    }

    /// Shared with the thread, which must not own the executor, or it would never be freed.
    private final class Jobs: Sendable {
        private let waiting = Mutex<[Job?]>([])
        private let available = DispatchSemaphore(value: 0)

        func append(_ job: Job) { push(job) }
        func close() { push(nil) }

        private func push(_ job: Job?) {
            waiting.withLock { $0.append(job) }
            available.signal()
        }

        func runUntilClosed() {
            while true {
                available.wait()
                guard let job = waiting.withLock({ $0.removeFirst() }) else { return }
                switch job {
                case .task(let task, let executor): task.runSynchronously(on: executor)
                case .work(let work): work()
                }
            }
        }
    }
}
