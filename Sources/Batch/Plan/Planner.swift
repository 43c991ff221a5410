import Glibc
import Pipeline

/// Makes jobs of inputs as they are found: names their results, and sees to it that no two are one.
package final class Planner {
    /// Inputs that were named twice.
    package private(set) var repeated = 0

    private let patterns: [(role: String, pattern: OutputPattern)]
    private let folder: String
    private let mayReplace: Bool
    private let estimate: CostEstimate
    /// Of names of results, and of inputs: 128 bits of each stand for it, so that a plan of any length takes little memory.
    private var taken: Set<Digest> = []
    private var known: Set<Digest> = []
    /// Folders of results.
    private var folders: Set<Digest> = []

    /// - Parameters:
    ///   - patterns: by `PlannedJob.roles`.
    ///   - folder: where results go, an absolute path.
    ///   - mayReplace: whether files of results' names that no batch made may be there.
    package init(
        _ patterns: [String: OutputPattern], in folder: String, replacing mayReplace: Bool, _ estimate: CostEstimate
    ) {
        self.patterns = PlannedJob.roles.compactMap { role in patterns[role].map { (role, $0) } }
        (self.folder, self.mayReplace, self.estimate) = (folder, mayReplace, estimate)
    }

    /// The job of an input; nil if it has one already.
    ///
    /// - Parameter facts: what is known of it without decoding it.
    /// - Throws: `BatchError` if its result's name is another's, or belongs to a file that is to stay.
    package func job(
        for input: InputList.Found, _ facts: CostEstimate.Facts = CostEstimate.Facts()
    ) throws(BatchError) -> PlannedJob? {
        guard known.insert(Digest(input.path)).inserted else {
            repeated += 1
            return nil
        }
        let id = PlannedJob.id(of: input.path)
        var outputs: [String: String] = [:]
        for (role, pattern) in patterns {
            let path = pattern.path(input, id: id)
            try take(path, input)
            outputs[role] = path
        }
        // Results that come before their inputs in the plan.
        if taken.contains(Digest(input.path)) { throw .outputIsInput(output: input.path, input: input.path) }
        let job = PlannedJob(
            id: id, shard: 0, input: input.path, size: input.stamp?.size, modified: input.stamp?.modified,
            seconds: facts.duration, cost: estimate.cost(facts, size: input.stamp?.size), outputs: outputs)
        if let fault = job.fault { throw .badResult(input: input.path, problem: fault) }
        try check(job)
        return job
    }

    /// Makes a result's name this input's.
    private func take(_ path: String, _ input: InputList.Found) throws(BatchError) {
        let whole = "\(folder)/\(path)"
        guard taken.insert(Digest(whole)).inserted, !folders.contains(Digest(whole)) else {
            throw .clash(output: path, input: input.path)
        }
        let parts = pathParts(path)
        if let name = parts.last, name.utf8.count + Receipt.ending.utf8.count > Self.longestName {
            throw .badResult(input: input.path, problem: "has a result whose name is too long: \(name)")
        }
        if parts.last?.hasSuffix(Receipt.ending) == true {
            throw .badResult(input: input.path, problem: "has a result that is named like a receipt")
        }
        for count in 1..<max(parts.count, 1) {
            let above = Digest("\(folder)/\(parts.prefix(count).joined(separator: "/"))")
            if taken.contains(above) { throw .clash(output: path, input: input.path) }
            folders.insert(above)
        }
    }

    /// Bytes that file systems have for a name.
    private static let longestName = 255

    /// A file that is there and no batch's result is not to be lost, least of all an input.
    private func check(_ job: PlannedJob) throws(BatchError) {
        var isOurs: Bool?
        for (_, path) in job.files {
            let path = "\(folder)/\(path)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            var input = stat()
            if stat(job.input, &input) == 0, (status.st_dev, status.st_ino) == (input.st_dev, input.st_ino) {
                throw .outputIsInput(output: path, input: job.input)
            }
            if known.contains(Digest(path)) { throw .outputIsInput(output: path, input: path) }
            if mayReplace { continue }
            if isOurs == nil { isOurs = try isResult(of: job) }
            if isOurs == false { throw .outputExists(path: path) }
        }
    }

    /// Whether what is there is an earlier result of the same recording.
    private func isResult(of job: PlannedJob) throws(BatchError) -> Bool {
        if access(JobPlaces(folder, job.id).placing, F_OK) == 0 { return true }
        switch Receipt.read("\(folder)/\(job.receipt)") {
        case .missing: return false
        case .receipt(let receipt) where receipt.id != job.id:
            throw .outputOfAnother(path: "\(folder)/\(job.files[0].path)", input: job.input)
        case .receipt, .newer, .unreadable: return true
        }
    }

    private struct Digest: Hashable {
        let high: UInt64
        let low: UInt64

        init(_ text: String) {
            let bytes = Checksum.digest(of: Array(text.utf8))
            func number(_ part: ArraySlice<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
            (high, low) = (number(bytes[..<8]), number(bytes[8..<16]))
        }
    }
}
