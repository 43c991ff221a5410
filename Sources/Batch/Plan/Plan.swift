import Foundation
import Glibc
import Pipeline

/// A plan that is read: what holds for all jobs, and its lines, which are looked at one by one.
package struct Plan: Sendable {
    package let path: String
    package let head: PlanHead
    package let end: PlanEnd
    private let text: Data
    /// The lines of jobs.
    private let body: Range<Int>

    /// - Throws: `BatchError` if it cannot be read, or is no plan, or not a whole one.
    package init(path: String) throws(BatchError) {
        self.path = path
        text = try Self.content(path)
        guard let firstEnd = text.firstIndex(of: Self.newline) else {
            throw .notAPlan(path: path, problem: text.isEmpty ? "it is empty" : "its first line has no end")
        }
        head = try Self.head(text[..<firstEnd], path)
        guard text.last == Self.newline else { throw .unfinishedPlan(path: path) }
        let lastStart = text.dropLast().lastIndex(of: Self.newline).map { $0 + 1 } ?? 0
        guard let end = try? JSONDecoder().decode([String: PlanEnd].self, from: text[lastStart...])["end"] else {
            throw .unfinishedPlan(path: path)
        }
        self.end = end
        body = min(firstEnd + 1, lastStart)..<lastStart
    }

    /// A file is mapped; a pipe is read to its end.
    private static func content(_ path: String) throws(BatchError) -> Data {
        do {
            var status = stat()
            guard stat(path, &status) == 0 else {
                throw BatchError.cannotRead(path: path, reason: String(cString: strerror(errno)))
            }
            if status.isRegular { return try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) }
            if status.isFolder { throw BatchError.cannotRead(path: path, reason: "it is a folder") }
            return try FileHandle(forReadingFrom: URL(filePath: path)).readToEnd() ?? Data()
        } catch let error as BatchError {
            throw error
        } catch {
            throw .cannotRead(path: path, reason: (error as NSError).localizedFailureReason ?? "it cannot be read")
        }
    }

    private static let newline = UInt8(ascii: "\n")

    private static func head(_ line: Data, _ path: String) throws(BatchError) -> PlanHead {
        struct Format: Decodable { var format: Int }
        let decoder = JSONDecoder()
        guard let format = try? decoder.decode([String: Format].self, from: line)["camstream_batch"] else {
            throw .notAPlan(path: path, problem: "its first line is not one of camstream")
        }
        guard format.format <= PlanHead.newestFormat else {
            throw .notAPlan(path: path, problem: "a newer camstream wrote it (format \(format.format))")
        }
        guard let head = try? decoder.decode([String: PlanHead].self, from: line)["camstream_batch"] else {
            throw .notAPlan(path: path, problem: "its first line lacks something")
        }
        guard head.folder.hasPrefix("/") else {
            throw .notAPlan(path: path, problem: "its folder is no absolute path")
        }
        return head
    }

    /// Calls `visit` with each job, in order.
    ///
    /// - Parameter shards: whose jobs are wanted; the others are passed over.
    package func visitJobs(
        in shards: (Int) -> Bool = { _ in true }, _ visit: (PlannedJob) throws -> Void
    ) throws {
        let decoder = JSONDecoder()
        var start = body.lowerBound
        var number = 1
        while start < body.upperBound {
            let stop = text[start..<body.upperBound].firstIndex(of: Self.newline) ?? body.upperBound
            let line = text[start..<stop]
            number += 1
            start = stop + 1
            if let shard = Self.shard(line), !shards(shard) { continue }
            let job: PlannedJob
            do {
                job = try decoder.decode(PlannedJob.self, from: line)
            } catch {
                throw BatchError.notAPlan(path: path, problem: "line \(number) is no job")
            }
            if let fault = job.fault {
                throw BatchError.notAPlan(path: path, problem: "the job of line \(number) \(fault)")
            }
            guard shards(job.shard) else { continue }
            try visit(job)
        }
        guard number - 1 == end.jobs else {
            throw BatchError.notAPlan(
                path: path, problem: "it has \(number - 1) jobs, and says that it has \(end.jobs)")
        }
    }

    /// The jobs of some shards.
    package func jobs(in shards: (Int) -> Bool = { _ in true }) throws -> [PlannedJob] {
        var found: [PlannedJob] = []
        try visitJobs(in: shards) { found.append($0) }
        return found
    }

    /// A line's shard without reading the rest, as a task reads few of a plan's lines; nil: it is to be read as a whole.
    private static func shard(_ line: Data) -> Int? {
        guard let key = line.range(of: Data("\"shard\":".utf8)) else { return nil }
        var (value, isNumber) = (0, false)
        for byte in line[key.upperBound...] {
            if byte == UInt8(ascii: " "), !isNumber { continue }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), value < 1 << 40 else { break }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            isNumber = true
        }
        return isNumber ? value : nil
    }

    /// - Throws: `BatchError.otherVersion`.
    package func check(version: String) throws(BatchError) {
        guard head.camstream == version else {
            throw .otherVersion(path: path, planned: head.camstream, this: version)
        }
    }

    /// Reads the model's files.
    ///
    /// - Throws: `BatchError.otherModel` if one is not the one that was planned with.
    package func checkModel() throws(BatchError) {
        for file in head.model.files where try InputStamp.checksum(file.path) != file.sha256 {
            throw .otherModel(path: file.path)
        }
    }
}
