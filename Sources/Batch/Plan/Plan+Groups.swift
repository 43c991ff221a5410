import Dispatch
import Synchronization

extension Plan {
    private static let groupSize = 64

    /// Calls `work` with the jobs in groups, from as many threads as there are cores, in no order. No more of the plan is in
    /// memory than they work on.
    ///
    /// - Throws: what is wrong with a line.
    package func forEachGroup(_ work: @escaping @Sendable ([PlannedJob]) -> Void) throws {
        let queue = DispatchQueue(label: "jobs of a plan", attributes: .concurrent)
        let (free, group) = (DispatchSemaphore(value: 16), DispatchGroup())
        var jobs: [PlannedJob] = []
        func send() {
            let part = jobs
            jobs = []
            free.wait()
            queue.async(group: group) {
                work(part)
                free.signal()
            }
        }
        defer { group.wait() }
        try visitJobs { job in
            jobs.append(job)
            if jobs.count == Self.groupSize { send() }
        }
        if !jobs.isEmpty { send() }
    }
}
