import Foundation
import Glibc
import Pipeline
import Synchronization
import TestSupport
import Testing

@testable import Batch

@Suite struct JobRunnerTests {
    @Test func aJobIsDoneOnceAndThenSkipped() async throws {
        let bench = try Bench()
        try bench.input("north/a.mp4", "hello")
        let job = try bench.plan().jobs()[0]
        guard case .done(let receipt) = await bench.runner()(job, LockWatch()) else {
            Issue.record("it is not done")
            return
        }
        #expect(bench.result("north/a.out") == "HELLO")
        #expect(receipt.frames == 5)
        #expect(receipt.input?.sha256 == (try InputStamp.checksum(job.input)))
        #expect(receipt.outputs.map(\.path) == ["north/a.out"])
        #expect(receipt.outputs[0].sha256 == (try InputStamp.checksum("\(bench.head.folder)/north/a.out")))
        #expect(bench.files == ["north/a.out", "north/a.out.camstream.json"])
        let again = await bench.runner { _, _ throws(JobFailure) in
            Issue.record("it was done before")
            throw .stopped
        }(job, LockWatch())
        #expect(again == .skipped(receipt))
    }

    @Test func aBadInputHasAReceiptAndIsNotTriedAgain() async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "bad")
        let job = try bench.plan().jobs()[0]
        guard case .bad(let receipt) = await bench.runner()(job, LockWatch()) else {
            Issue.record("it is not bad")
            return
        }
        #expect(receipt.exit == 65)
        #expect(receipt.problem == "it is bad")
        #expect(bench.files == ["a.out.camstream.json"])
        #expect(await bench.runner()(job, LockWatch()) == .badBefore(receipt))
        if case .bad = await bench.runner(repeatsBad: true)(job, LockWatch()) {
        } else {
            Issue.record("it is not tried")
        }
        // Another recording of that name is tried.
        try bench.input("a.mp4", "good")
        if case .done = await bench.runner()(job, LockWatch()) {} else { Issue.record("it is not done") }
        #expect(bench.result("a.out") == "GOOD")
    }

    @Test func anInputThatChangedAfterPlanningIsDoneAsItIsNow() async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        _ = await bench.runner()(job, LockWatch())
        try bench.input("a.mp4", "three")
        if case .done(let receipt) = await bench.runner()(job, LockWatch()) {
            #expect(receipt.input?.size == 5)
        } else {
            Issue.record("it is not done anew")
        }
        #expect(bench.result("a.out") == "THREE")
    }

    @Test func anInputOfAnotherTimeAndTheSameContentIsNotDoneAnew() async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        _ = await bench.runner()(job, LockWatch())
        var times = [timespec(tv_sec: 1000, tv_nsec: 0), timespec(tv_sec: 1000, tv_nsec: 0)]
        #expect(utimensat(AT_FDCWD, job.input, &times, 0) == 0)
        if case .skipped = await bench.runner()(job, LockWatch()) {} else { Issue.record("it is done anew") }
    }

    @Test func anInputThatChangesUnderTheWorkIsTriedAgain() async throws {
        let bench = try Bench()
        let input = try bench.input("a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        let outcome = await bench.runner { job, files throws(JobFailure) in
            let made = try await Bench.capitals(job, files)
            _ = FileManager.default.createFile(atPath: input, contents: Data("another".utf8))
            return made
        }(job, LockWatch())
        #expect(outcome == .failed(.tryAgain("\(input) changed while it was read")))
        #expect(bench.files == [])
    }

    @Test func anInputThatIsGoneIsBadUntilItIsBack() async throws {
        let bench = try Bench()
        let input = try bench.input("a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        #expect(unlink(input) == 0)
        if case .bad(let receipt) = await bench.runner()(job, LockWatch()) {
            #expect(receipt.problem == "\(input): no such file. Check the path.")
        } else {
            Issue.record("it is not bad")
        }
        if case .badBefore = await bench.runner()(job, LockWatch()) {} else { Issue.record("it is tried again") }
        try bench.input("a.mp4", "one")
        if case .done = await bench.runner()(job, LockWatch()) {} else { Issue.record("it is not done") }
    }

    @Test func othersResultsOfOtherSettingsModelsAndVersionsAreReplaced() async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        var heads = [bench.head, bench.head, bench.head]
        heads[0].settings = .object([:])
        heads[1].model.files[0].sha256 = "bb"
        heads[2].camstream = "2.0"
        let reasons: [JobState.Reason] = [.otherSettings, .otherModel, .otherVersion]
        for (head, reason) in zip(heads, reasons) {
            _ = await bench.runner()(job, LockWatch())
            #expect(JobState(job, in: head.folder, head.fingerprints) == .open(reason))
            if case .done = await bench.runner(head: head)(job, LockWatch()) {
            } else {
                Issue.record("not done: \(reason)")
            }
        }
    }

    @Test func aResultThatIsGoneOrCutIsMadeAnew() async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        let path = "\(bench.head.folder)/a.out"
        for damage in [{ unlink(path) }, { truncate(path, 1) }] {
            _ = await bench.runner()(job, LockWatch())
            #expect(damage() == 0)
            #expect(JobState(job, in: bench.head.folder, bench.head.fingerprints) == .open(.otherResult))
            if case .done = await bench.runner()(job, LockWatch()) {} else { Issue.record("it is not made anew") }
            #expect(bench.result("a.out") == "ONE")
        }
    }

    @Test func aReceiptOfANewerProgramIsLeftAlone() async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        _ = await bench.runner()(job, LockWatch())
        try bench.folder.write("{\"format\": 9, \"exit\": 0}".utf8, to: "heat/a.out.camstream.json")
        guard case .failed(.fatal(let text, 64)) = await bench.runner()(job, LockWatch()) else {
            Issue.record("it is not refused")
            return
        }
        #expect(text.contains("newer camstream (format 9)"))
        #expect(bench.result("a.out") == "ONE")
    }

    @Test(arguments: ["", "{", "[]", "{\"format\": 1}", "null\n"])
    func aReceiptThatSaysNothingIsReplaced(_ text: String) async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        _ = await bench.runner()(job, LockWatch())
        try bench.folder.write(text.utf8, to: "heat/a.out.camstream.json")
        #expect(JobState(job, in: bench.head.folder, bench.head.fingerprints) == .open(.unreadable))
        if case .done = await bench.runner()(job, LockWatch()) {} else { Issue.record("it is not made anew") }
    }

    @Test func whatAKilledAttemptLeftIsRemoved() async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        let work = "heat/.camstream/\(job.id).4711-1.work"
        try FileManager.default.createDirectory(
            atPath: bench.folder.file(work), withIntermediateDirectories: true)
        try bench.folder.write("half".utf8, to: "\(work)/a.out")
        try bench.folder.write("".utf8, to: "heat/.camstream/\(job.id).placing")
        var owner = LockOwner()
        owner.started = "1"
        _ = try JobLock.create(bench.folder.file("heat/.camstream/\(job.id).lock"), owner)
        if case .done = await bench.runner()(job, LockWatch()) {} else { Issue.record("it is not done") }
        #expect(bench.files == ["a.out", "a.out.camstream.json"])
    }

    @Test func whoseLockIsTakenAwayPutsNothingInPlace() async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        let lock = bench.folder.file("heat/.camstream/\(job.id).lock")
        let outcome = await bench.runner { job, files throws(JobFailure) in
            unlink(lock)
            return try await Bench.capitals(job, files)
        }(job, LockWatch())
        if case .failed(.tryAgain) = outcome {} else { Issue.record("\(outcome)") }
        #expect(bench.files == [])
    }

    @Test func aFailureLeavesNothing() async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        for failure in [JobFailure.tryAgain("no room"), .stopped, .fatal("no", exit: 64)] {
            let outcome = await bench.runner { job, files throws(JobFailure) in
                _ = try await Bench.capitals(job, files)
                throw failure
            }(job, LockWatch())
            #expect(outcome == .failed(failure))
            #expect(bench.files == [])
        }
    }

    @Test func aFolderThatCannotBeMadeIsTriedAgain() async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        try bench.folder.write("a file".utf8, to: "heat")
        if case .failed(.machine) = await bench.runner()(job, LockWatch()) {} else { Issue.record("no failure") }
    }

    @Test func whatWasKilledAfterItsReceiptIsClearedUp() async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        _ = await bench.runner()(job, LockWatch())
        var owner = LockOwner()
        owner.started = "1"
        _ = try JobLock.create(bench.folder.file("heat/.camstream/\(job.id).lock"), owner)
        try bench.folder.write("".utf8, to: "heat/.camstream/\(job.id).placing")
        if case .skipped = await bench.runner()(job, LockWatch()) {} else { Issue.record("it is done anew") }
        #expect(bench.files == ["a.out", "a.out.camstream.json"])
    }

    @Test func aRecordingThatTurnsBadLosesItsOldResult() async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        _ = await bench.runner()(job, LockWatch())
        try bench.input("a.mp4", "bad!")
        if case .bad = await bench.runner()(job, LockWatch()) {} else { Issue.record("it is not bad") }
        #expect(bench.files == ["a.out.camstream.json"])
    }

    @Test func aBadRecordingTakesNobodysFileAway() async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "bad")
        let job = try bench.plan().jobs()[0]
        try FileManager.default.createDirectory(atPath: bench.head.folder, withIntermediateDirectories: true)
        try bench.folder.write("mine".utf8, to: "heat/a.out")
        if case .bad = await bench.runner()(job, LockWatch()) {} else { Issue.record("it is not bad") }
        #expect(bench.result("a.out") == "mine")
    }

    @Test func whoseLockIsTakenAwayCallsNothingBad() async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "bad")
        let job = try bench.plan().jobs()[0]
        let lock = bench.folder.file("heat/.camstream/\(job.id).lock")
        let outcome = await bench.runner { job, files throws(JobFailure) in
            unlink(lock)
            return try await Bench.capitals(job, files)
        }(job, LockWatch())
        if case .failed(.tryAgain) = outcome {} else { Issue.record("\(outcome)") }
        #expect(bench.files == [])
    }

    @Test func aDiskThatIsAwayIsWaitedForAndAFileThatIsGoneIsNot() async throws {
        let bench = try Bench()
        try bench.input("disk/a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        try FileManager.default.moveItem(atPath: bench.folder.file("clips/disk"), toPath: bench.folder.file("away"))
        if case .failed(.machine) = await bench.runner()(job, LockWatch()) {
        } else {
            Issue.record("it is not waited for")
        }
        #expect(bench.files == [])
    }

    @Test func whatIsSaidOfAResultNamesIt() async throws {
        let bench = try Bench()
        try bench.input("a.mp4", "one")
        let job = try bench.plan().jobs()[0]
        let outcome = await bench.runner { _, files throws(JobFailure) in
            throw .tryAgain("cannot write \(files["output"] ?? "")")
        }(job, LockWatch())
        #expect(outcome == .failed(.tryAgain("cannot write \(bench.head.folder)/a.out")))
    }

    @Test func resultsOfOneNameInTwoFoldersDoNotMeet() async throws {
        let bench = try Bench()
        let input = try bench.input("a.mp4", "one")
        let planner = try bench.planner(["output": "v/{stem}.x", "sidecar": "s/{stem}.x"])
        let job = try #require(
            try planner.job(for: InputList.Found(path: input, parent: "", stamp: InputStamp(path: input))))
        let runner = bench.runner { _, files throws(JobFailure) in
            for (role, path) in files { _ = FileManager.default.createFile(atPath: path, contents: Data(role.utf8)) }
            return JobRunner.Made(frames: 1)
        }
        if case .done = await runner(job, LockWatch()) {} else { Issue.record("it is not done") }
        #expect(bench.result("v/a.x") == "output")
        #expect(bench.result("s/a.x") == "sidecar")
    }
}
