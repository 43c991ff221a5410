import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Batch

@Suite struct BatchRunTests {
    @Test func fiveHundredJobsOfTwoRunsAtOnceAreDoneOnceEach() async throws {
        let bench = try Bench()
        for number in 0..<500 { try bench.input("\(number % 7)/\(number).mp4", "clip \(number)") }
        let jobs = try bench.plan().jobs()
        let worked = Collected<String>()
        let work: JobRunner.Work = { job, files throws(JobFailure) in
            worked.add(job.id)
            return try await Bench.capitals(job, files)
        }
        async let first = BatchRun(jobs, bench.runner(work), parallel: 2)()
        async let second = BatchRun(jobs, bench.runner(work), parallel: 2)()
        let tallies = try await [first, second]
        #expect(tallies.map { $0.done + $0.skipped } == [500, 500])
        #expect(tallies.map(\.isComplete) == [true, true])
        #expect(worked.all.sorted() == jobs.map(\.id).sorted())
        #expect(bench.files.count == 1000)
        #expect(bench.result("3/10.out") == "CLIP 10")
    }

    @Test func othersJobsComeLastAndAreWaitedFor() async throws {
        let bench = try Bench()
        for number in 0..<3 { try bench.input("\(number).mp4") }
        let jobs = try bench.plan().jobs()
        try FileManager.default.createDirectory(
            atPath: bench.folder.file("heat/.camstream"), withIntermediateDirectories: true)
        let lock = try #require(try JobLock.create(bench.folder.file("heat/.camstream/\(jobs[0].id).lock")))
        let order = Collected<String>()
        let run = BatchRun(jobs, bench.runner(), parallel: 1) { job, outcome, tally in
            order.add(job.outputs["output"] ?? "")
            // The owner lets go when nothing else is left.
            if case .busy = outcome, tally.done == 2 { lock.release() }
            if case .done = outcome, tally.done == 2 { lock.release() }
        }
        let tally = try await run()
        #expect(tally.done == 3)
        #expect(order.all.first == "0.out")
        #expect(order.all.last == "0.out")
    }

    @Test func oneThatIsToStopSoonFinishesWhatItIsAt() async throws {
        let bench = try Bench()
        for number in 0..<5 { try bench.input("\(number).mp4") }
        let box = Mutex<BatchRun?>(nil)
        let run = BatchRun(try bench.plan().jobs(), bench.runner(), parallel: 1) { _, _, tally in
            if tally.done == 2 { box.withLock { $0 }?.stop(.soon) }
        }
        box.withLock { $0 = run }
        let tally = try await run()
        #expect(tally.done == 2)
        #expect(tally.left == 3)
        #expect(!tally.isComplete)
    }

    @Test func badInputsAreCountedAndTheOthersGoOn() async throws {
        let bench = try Bench()
        for number in 0..<6 { try bench.input("\(number).mp4", number % 2 == 0 ? "bad" : "good") }
        let jobs = try bench.plan().jobs()
        for before in [false, true] {
            let tally = try await BatchRun(jobs, bench.runner(), parallel: 2)()
            #expect(tally.bad == 3)
            #expect((before ? tally.skipped : tally.done) == 3)
            #expect(tally.isComplete)
        }
    }

    @Test func whereNothingGoesWellTheRestIsNotTried() async throws {
        let bench = try Bench()
        for number in 0..<50 { try bench.input("\(number).mp4") }
        let run = BatchRun(
            try bench.plan().jobs(), bench.runner { _, _ throws(JobFailure) in throw .machine("no room") }, parallel: 1
        )
        let tally = try await run()
        #expect(tally.failed == 3)
        #expect(tally.left == 47)
    }

    @Test func recordingsThatFailDoNotHoldUpTheOthers() async throws {
        let bench = try Bench()
        for number in 0..<8 { try bench.input("\(number).mp4", number < 5 ? "away" : "good") }
        let run = BatchRun(
            try bench.plan().jobs(),
            bench.runner { job, files throws(JobFailure) in
                let made = try await Bench.capitals(job, files)
                if job.input < bench.folder.file("clips/5") { throw .tryAgain("no such server") }
                return made
            }, parallel: 1)
        let tally = try await run()
        #expect(tally.failed == 5)
        #expect(tally.done == 3)
        #expect(tally.left == 0)
    }

    @Test func oneFailureAmongManyStopsNothing() async throws {
        let bench = try Bench()
        for number in 0..<9 { try bench.input("\(number).mp4", number % 3 == 0 ? "fail" : "good") }
        let run = BatchRun(
            try bench.plan().jobs(),
            bench.runner { job, files throws(JobFailure) in
                let made = try await Bench.capitals(job, files)
                if made.frames == 4, job.input.hasSuffix("0.mp4") || job.input.hasSuffix("3.mp4") {
                    throw .tryAgain("x")
                }
                return made
            }, parallel: 1)
        let tally = try await run()
        #expect(tally.failed == 2)
        #expect(tally.done == 7)
        #expect(tally.left == 0)
    }

    @Test func whatIsFatalEndsTheBatch() async throws {
        let bench = try Bench()
        for number in 0..<9 { try bench.input("\(number).mp4") }
        let run = BatchRun(
            try bench.plan().jobs(), bench.runner { _, _ throws(JobFailure) in throw .fatal("no model", exit: 65) },
            parallel: 1)
        let tally = try await run()
        #expect(tally.fatal == .fatal("no model", exit: 65))
        #expect(tally.left == 8)
    }
}
