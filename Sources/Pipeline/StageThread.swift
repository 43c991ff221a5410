import CLinux
import Dispatch
import Glibc
import Synchronization

/// One named OS thread that runs the tasks of one stage, so that a blocking C call never holds up another stage.
///
/// `group.addTask(executorPreference: StageThread("capture")) { ... }`
package final class StageThread: TaskExecutor {
    private let jobs = Jobs()

    /// - Parameter name: as `top -H` shows it; 15 bytes at most.
    package init(_ name: String) {
        let start = Unmanaged.passRetained(Start(name: name, jobs: jobs))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                _ = shim_set_thread_name(start.name)
                start.jobs.runUntilClosed()
                return nil
            }, start.toOpaque())
        precondition(code == 0, "no thread for \(name): the process has too many")
        pthread_detach(thread)
    }

    deinit { jobs.close() }

    package func enqueue(_ job: consuming ExecutorJob) {
        let executor = asUnownedTaskExecutor()
        jobs.append(Job(job: UnownedJob(job), executor: executor))
    }

    private final class Start {
        let name: String
        let jobs: Jobs
        init(name: String, jobs: Jobs) {
            self.name = name
            self.jobs = jobs
        }
    }

    private struct Job: Sendable {
        let job: UnownedJob
        let executor: UnownedTaskExecutor
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
                job.job.runSynchronously(on: job.executor)
            }
        }
    }
}
