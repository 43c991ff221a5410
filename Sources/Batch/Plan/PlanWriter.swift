import Pipeline

/// Writes a plan line by line: it is as large as its jobs are many, and none of them stays in memory.
package struct PlanWriter {
    /// Jobs and shards until now.
    package private(set) var jobs = 0
    package private(set) var shards = 0
    /// Of the jobs together.
    package private(set) var cost = 0.0

    private let write: (String) throws -> Void
    private let shardCost: Double
    private var costOfShard = 0.0
    private var line = JSONLine()

    /// Writes the first line.
    ///
    /// - Parameters:
    ///   - shardCost: how much of estimated cost makes a shard; a job that takes more is one by itself.
    ///   - write: takes text that ends with a line's end.
    package init(_ head: PlanHead, shardCost: Double, _ write: @escaping (String) throws -> Void) throws {
        self.write = write
        self.shardCost = shardCost
        try write(try JSONText.compact.text(["camstream_batch": head]) + "\n")
    }

    /// Writes the next job. Its shard is set here: neighbours share one for as long as its cost allows.
    package mutating func add(_ job: PlannedJob) throws {
        if shards == 0 || costOfShard > 0 && costOfShard + job.cost > shardCost {
            shards += 1
            costOfShard = 0
        }
        costOfShard += job.cost
        var job = job
        job.shard = shards - 1
        job.write(to: &line)
        try write(String(decoding: line.bytes, as: UTF8.self))
        jobs += 1
        cost += job.cost
    }

    /// Writes the last line, without which a plan is not whole.
    package func finish() throws {
        try write(try JSONText.compact.text(["end": PlanEnd(jobs: jobs, shards: shards)]) + "\n")
    }
}

/// The last line of a plan.
package struct PlanEnd: Codable, Sendable, Equatable {
    package var jobs: Int
    package var shards: Int
}
