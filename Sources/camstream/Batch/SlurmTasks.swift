import Batch

/// What Slurm says of a plan's tasks: of those in the queue, and, where it keeps accounts, of those that have ended.
struct SlurmTasks {
    private let queued: TaskCounts
    private let ended: TaskCounts?

    /// - Parameter plan: its absolute path.
    /// - Throws: `BatchError` if there is no Slurm.
    init(plan: String) throws(BatchError) {
        guard let squeue = EngineTool("squeue") else {
            throw .noTool(name: "squeue", package: "run this where jobs of Slurm are submitted, or leave out --slurm.")
        }
        let name = SlurmScript.name(plan: plan)
        queued = TaskCounts(try squeue.output(["--noheader", "--array", "--name=\(name)", "--format=%T"]))
        let sacct = EngineTool("sacct")
        let accounts = try? sacct?.output(
            [
                "--noheader", "--allocations", "--parsable2", "--name=\(name)", "--format=State",
                "--starttime=now-30days",
            ],
            isQuiet: true)
        ended = accounts.map { TaskCounts($0).ended }
    }

    var lines: [String] {
        var lines = ["Slurm's queue: \(queued.words ?? "no tasks of this plan")"]
        if let words = ended?.words { lines.append("ended in the last 30 days: \(words)") }
        return lines
    }
}
