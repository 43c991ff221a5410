import Foundation
import Pipeline
import TestSupport

@testable import Batch

/// Inputs, a plan of them and what is needed to run it, in a folder that a test has to itself.
final class Bench: Sendable {
    let folder: TemporaryFolder
    let head: PlanHead

    init() throws {
        folder = try TemporaryFolder()
        head = PlanHead(
            camstream: "1.0", folder: folder.file("heat"),
            model: PlanHead.Model(
                path: "/m.onnx", card: nil, files: [PlanHead.File(path: "/m.onnx", sha256: "aa")]),
            settings: .object(["infer": .object(["method": .text("cam")])]))
    }

    /// Makes an input whose content is its name.
    @discardableResult
    func input(_ name: String, _ text: String? = nil) throws -> String {
        let path = folder.file("clips/\(name)")
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        return try folder.write((text ?? name).utf8, to: "clips/\(name)")
    }

    /// A plan of all inputs, a shard for each so many.
    func plan(_ name: String = "jobs.jsonl", shardCost: Double = 1000, head: PlanHead? = nil) throws -> Plan {
        let planner = try planner()
        var text = ""
        var writer = try PlanWriter(head ?? self.head, shardCost: shardCost) { text += $0 }
        try InputList(for: []).find(folder.file("clips")) { found in
            let facts = CostEstimate.Facts(duration: 1, frameRate: 25, pixels: 100_000)
            guard let job = try planner.job(for: found, facts) else { return }
            try writer.add(job)
        }
        try writer.finish()
        return try Plan(path: try folder.write(text.utf8, to: name))
    }

    func planner(_ patterns: [String: String] = ["output": "{parent}/{stem}.out"], force: Bool = false) throws
        -> Planner
    {
        Planner(
            try patterns.mapValues { try OutputPattern($0) }, in: head.folder, replacing: force,
            CostEstimate(drawsPictures: true))
    }

    /// Work that writes the input's content in capitals; what begins with "bad" is bad.
    static let capitals: JobRunner.Work = { job, files throws(JobFailure) in
        guard let bytes = FileManager.default.contents(atPath: job.input) else { throw .badInput("unreadable") }
        let text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("bad") { throw .badInput("it is bad") }
        for path in files.values {
            guard FileManager.default.createFile(atPath: path, contents: Data(text.uppercased().utf8)) else {
                throw .tryAgain("cannot write \(path)")
            }
        }
        return JobRunner.Made(frames: text.utf8.count)
    }

    func runner(
        head: PlanHead? = nil, repeatsBad: Bool = false, _ work: @escaping JobRunner.Work = Bench.capitals
    ) -> JobRunner {
        let head = head ?? self.head
        return JobRunner(in: head.folder, head.fingerprints, repeatsBad: repeatsBad, work: work)
    }

    func result(_ path: String) -> String? {
        FileManager.default.contents(atPath: "\(head.folder)/\(path)").map { String(decoding: $0, as: UTF8.self) }
    }

    /// What is below the results' folder, without folders.
    var files: [String] {
        let all = FileManager.default.enumerator(atPath: head.folder)
        return (all?.compactMap { $0 as? String } ?? []).filter { path in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(head.folder)/\(path)", isDirectory: &isFolder)
            return !isFolder.boolValue
        }.sorted()
    }
}
