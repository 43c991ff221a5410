/// Puts the task of Slurm that this process is back into the queue. Slurm itself does that where a node fails, and after exit
/// codes only where its administrator has set `RequeueExit`.
package struct SlurmRequeue: Sendable, Equatable {
    private let job: String
    private let restarts: Int
    private let limit: Int

    /// - Parameter limit: how often, at most; what Slurm did by itself counts.
    /// - Throws: `BatchError.noSlurmTask` if this is none.
    package init(limit: Int, environment: [String: String]) throws(BatchError) {
        guard limit >= 0 else {
            throw .badOption(option: "--requeue", value: "\(limit)", problem: "it must be a number from 0 on")
        }
        guard let job = environment["SLURM_JOB_ID"], Int(job) != nil else { throw .noSlurmTask }
        self.job = job
        restarts = environment["SLURM_RESTART_COUNT"].flatMap { Int($0) } ?? 0
        self.limit = limit
    }

    /// What to call; nil: it was tried often enough.
    package var command: [String]? { restarts < limit ? ["scontrol", "requeue", job] : nil }

    /// What becomes of it, in a line.
    package var words: String {
        restarts < limit
            ? "goes back into Slurm's queue (\(restarts + 1) of \(limit))"
            : "was tried \(restarts + 1) times and does not go back into Slurm's queue"
    }
}
