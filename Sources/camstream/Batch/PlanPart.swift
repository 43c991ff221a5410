import Batch
import Foundation

/// The part of a plan that one task does.
struct PlanPart: Equatable {
    /// Where engines tell a task its number.
    static let variables = [
        "SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "PBS_ARRAY_INDEX",
    ]

    private let index: Int
    private let count: Int

    /// - Parameters:
    ///   - count: into how many parts all shards are dealt out; nil: each is one.
    ///   - shards: of the plan.
    /// - Throws: `BatchError` if nobody says which part, or there is none of that number.
    init(
        index: Int?, of count: Int? = nil, isAll: Bool = false, shards: Int,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(BatchError) {
        if isAll {
            guard index == nil, count == nil else { throw .partOfAll }
            (self.index, self.count) = (0, 1)
            return
        }
        // A plan of what is left may have nothing.
        let parts = count ?? max(shards, 1)
        guard parts > 0 else { throw .badIndex(variable: "--of", value: "\(parts)") }
        let number: Int
        if let index {
            number = index
        } else {
            let known = Self.variables.lazy.compactMap { name in
                environment[name].flatMap { $0.isEmpty ? nil : (name, $0) }
            }.first
            guard let (name, value) = known else { throw .noIndex(variables: Self.variables) }
            guard let found = Int(value) else { throw .badIndex(variable: name, value: value) }
            number = found
        }
        guard number >= 0 else { throw .badIndex(variable: "--index", value: "\(number)") }
        guard number < parts else { throw .noSuchShard(index: number, shards: parts) }
        (self.index, self.count) = (number, parts)
    }

    func contains(_ shard: Int) -> Bool { shard % count == index }
}
