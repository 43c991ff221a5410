import Foundation
import Glibc
import TestSupport
import Testing

@testable import Batch

@Suite struct ResultsTests {
    @Test func aStatusCountsWhatIsDoneBadMissingStaleAndRunning() async throws {
        let bench = try Bench()
        for number in 0..<6 { try bench.input("\(number).mp4", number == 1 ? "bad" : "good") }
        let plan = try bench.plan()
        let jobs = try plan.jobs()
        for job in jobs.prefix(4) { _ = await bench.runner()(job, LockWatch()) }
        #expect(unlink("\(bench.head.folder)/3.out") == 0)
        let lock = try JobLock.create(bench.folder.file("heat/.camstream/\(jobs[4].id).lock"))
        let status = try BatchStatus(plan)
        #expect(status.jobs == 6)
        let counts = [status.done, status.bad, status.missing, status.stale, status.running]
        #expect(counts == [2, 1, 1, 1, 1] as [Int])
        #expect(status.frames == 8)
        #expect(!status.isComplete)
        let left = try #require(status.left)
        #expect(left > 0)
        lock?.release()
    }

    @Test func aStatusOfNothingHasNoEstimate() throws {
        let bench = try Bench()
        try bench.input("a.mp4")
        let status = try BatchStatus(try bench.plan())
        #expect(status.missing == 1)
        #expect(status.left == nil)
    }

    @Test func aCheckFindsEachKindOfDamage() async throws {
        let bench = try Bench()
        for number in 0..<8 { try bench.input("\(number).mp4", "good \(number)") }
        let plan = try bench.plan()
        let jobs = try plan.jobs()
        var other = bench.head
        other.model.files[0].sha256 = "bb"
        for (number, job) in jobs.enumerated() where number != 7 {
            _ = await bench.runner(head: number == 2 ? other : nil)(job, LockWatch())
        }
        #expect(truncate("\(bench.head.folder)/0.out", 2) == 0)
        try bench.folder.write("GOoD 1".utf8, to: "heat/1.out")
        #expect(unlink("\(bench.head.folder)/3.out") == 0)
        try bench.folder.write("?".utf8, to: "heat/old.out")
        #expect(unlink("\(bench.head.folder)/4.out.camstream.json") == 0)
        let report = try BatchCheck(plan) { path, _, frames in
            path.hasSuffix("5.out") ? "it has 3 frames and should have \(frames)" : nil
        }()
        #expect(
            report.findings.map { "\($0.kind.rawValue): \($0.path)" } == [
                "truncated: 0.out", "altered: 1.out", "other model: 2.out.camstream.json", "missing: 3.out",
                "left over: 4.out", "undecodable: 5.out", "left over: old.out",
            ])
        #expect(report.findings[5].problem == "it has 3 frames and should have 6")
        #expect(report.good == 1)
        #expect(report.open == 1)
    }

    @Test func aWholeBatchHasNoFaults() async throws {
        let bench = try Bench()
        for number in 0..<3 { try bench.input("\(number).mp4", number == 0 ? "bad" : "good") }
        let plan = try bench.plan()
        for job in try plan.jobs() { _ = await bench.runner()(job, LockWatch()) }
        let report = try BatchCheck(plan)()
        #expect(report.findings == [])
        #expect(report.good == 2)
        #expect(report.bad == 1)
        #expect(report.open == 0)
    }

    @Test func halfMadeResultsOfAKilledAttemptAreFound() throws {
        let bench = try Bench()
        try bench.input("a.mp4")
        let plan = try bench.plan()
        let id = try plan.jobs()[0].id
        try FileManager.default.createDirectory(
            atPath: bench.folder.file("heat/.camstream/\(id).1-2.work"), withIntermediateDirectories: true)
        #expect(try BatchCheck(plan)().findings.map(\.kind) == [.leftOver])
    }
}
