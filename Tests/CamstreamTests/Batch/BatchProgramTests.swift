import Batch
import Foundation
import Glibc
import TestSupport
import Testing

/// `camstream batch` with the built program.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct BatchProgramTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Copies of a clip, and what is no clip.
    private func inputs(good: Int, bad: Int = 0) throws {
        try FileManager.default.createDirectory(atPath: folder.file("clips/sub"), withIntermediateDirectories: true)
        for number in 0..<good {
            let name = number % 2 == 0 ? "clips/\(number).mp4" : "clips/sub/\(number).mp4"
            try FileManager.default.copyItem(atPath: try Clips.red.get(), toPath: folder.file(name))
        }
        for number in 0..<bad { try folder.write("no video \(number)".utf8, to: "clips/bad\(number).mp4") }
    }

    /// - Returns: the plan's path.
    private func plan(_ options: [String] = [], out: String = "heat") throws -> String {
        let run = try Program.run(
            ["batch", "plan", folder.file("clips"), "--out-dir", folder.file(out), "-m", Clips.model] + options)
        #expect(run.status == 0, "\(run.standardError)")
        return try folder.write(run.standardOutput.utf8, to: "\(out).jsonl")
    }

    private func run(_ plan: String, _ options: [String] = ["--all"]) throws -> Program {
        try Program.run(["batch", "run", plan] + options)
    }

    private func files(_ name: String) -> [String] {
        let all = FileManager.default.enumerator(atPath: folder.file(name))?.compactMap { $0 as? String } ?? []
        return all.filter { $0.contains(".") && $0 != ".camstream" }.sorted()
    }

    @Test func aBatchIsDoneOnceAndCheckedAndRepaired() throws {
        try inputs(good: 3, bad: 1)
        let plan = try plan(["--sidecar", "{parent}/{stem}.jsonl"])
        let first = try run(plan)
        #expect(first.status == 65, "\(first.standardError)")
        #expect(first.standardError.contains("4 recordings: 3 done, 0 done before, 1 bad"))
        let expected = [
            "0.jsonl", "0.jsonl.camstream.json", "2.jsonl", "2.jsonl.camstream.json", "bad0.jsonl.camstream.json",
            "sub/1.jsonl", "sub/1.jsonl.camstream.json",
        ]
        #expect(files("heat") == expected)
        let direct = try Program.run([
            "-i", folder.file("clips/0.mp4"), "-m", Clips.model, "--precision", "f32", "--sidecar",
            folder.file("d.jsonl"),
        ])
        #expect(direct.status == 0, "\(direct.standardError)")
        #expect(try folder.bytes(of: "heat/0.jsonl") == folder.bytes(of: "d.jsonl"))

        let second = try run(plan, ["--all", "--json"])
        #expect(second.status == 65)
        let tally = try #require(
            JSONSerialization.jsonObject(with: Data(second.standardOutput.utf8)) as? [String: Any])
        #expect(tally["recordings"] as? Int == 4 && tally["doneBefore"] as? Int == 3 && tally["bad"] as? Int == 1)
        #expect(tally["done"] as? Int == 0 && tally["left"] as? Int == 0 && tally["problem"] == nil)
        #expect(second.standardError.contains("0 done, 3 done before, 1 bad"))
        let whole = try Program.run(["batch", "verify", plan])
        #expect(whole.status == 0, "\(whole.standardOutput)")
        #expect(whole.standardOutput == "3 whole, 1 bad, 0 faults\n")

        #expect(truncate(folder.file("heat/2.jsonl"), 9) == 0)
        let broken = try Program.run(["batch", "verify", plan])
        #expect(broken.status == 65)
        #expect(broken.standardOutput.contains("truncated  2.jsonl"))
        let status = try Program.run(["batch", "status", plan, "--json"])
        let counts = try JSONDecoder().decode(BatchStatus.self, from: Data(status.standardOutput.utf8))
        #expect(counts.done == 2)
        #expect(counts.stale == 1)
        let retry = try Program.run(["batch", "retry", plan])
        #expect(retry.standardOutput.split(separator: "\n").count == 3)
        let rest = try folder.write(retry.standardOutput.utf8, to: "rest.jsonl")
        #expect(try run(rest).status == 0)
        #expect(try Program.run(["batch", "verify", plan]).status == 0)
    }

    @Test(arguments: [["--out", "{name}.mkv", "--maps", "{name}.npz", "--report", "{name}.html"], ["--keep-video"]])
    func resultsAreTheSameWhateverIsDoneAtATimeAndOnHoweverManyCores(_ options: [String]) throws {
        try inputs(good: 3)
        for (out, jobs) in [("one", "1"), ("three", "3")] {
            let plan = try plan(options, out: out)
            let words = ["batch", "run", plan, "--all", "--jobs", jobs]
            let done =
                out == "one"
                ? try Program.run(["-c", "0", Program.executable.path] + words, executable: "/usr/bin/taskset")
                : try Program.run(words)
            #expect(done.status == 0, "\(done.standardError)")
        }
        let results = files("one").filter { !$0.hasSuffix(".camstream.json") }
        #expect(results.count == options.count / 2 * 3 + (options.count == 1 ? 3 : 0))
        #expect(results == files("three").filter { !$0.hasSuffix(".camstream.json") })
        for name in results {
            #expect(try folder.bytes(of: "one/\(name)") == folder.bytes(of: "three/\(name)"), "\(name)")
        }
        let verified = try Program.run(["batch", "verify", folder.file("one.jsonl")])
        #expect(verified.status == 0, "\(verified.standardOutput)")
    }

    @Test(arguments: [(SIGUSR1, 75), (SIGTERM, 143), (SIGINT, 130)] as [(Int32, Int32)])
    func aSignalLeavesWhatIsDoneAndNothingHalfMade(_ signal: Int32, _ status: Int32) throws {
        try inputs(good: 30)
        let plan = try plan()
        let running = try Program.Running(["batch", "run", plan, "--all", "--jobs", "1"])
        #expect(running.wait(for: "20 frames"))
        running.signal(signal)
        let end = running.finish()
        #expect(end.status == status, "\(end.standardError)")
        let files = files("heat")
        let results = files.filter { $0.hasSuffix(".mp4") }
        #expect(!results.isEmpty && results.count < 30)
        #expect(files.count == results.count * 2, "\(files)")
        #expect(try Program.run(["batch", "verify", plan]).status == 0)
    }

    @Test func tasksOfAnArrayDoAllOfItTogether() throws {
        try inputs(good: 4)
        let plan = try plan(["--sidecar", "{stem}.jsonl", "--shard-size", "1s", "--no-probe"])
        for index in 0..<2 {
            let done = try Program.run(
                ["batch", "run", plan, "--of", "2"], environment: ["SLURM_ARRAY_TASK_ID": "\(index)"])
            #expect(done.status == 0, "\(done.standardError)")
        }
        #expect(files("heat").count { $0.hasSuffix(".jsonl") } == 4)
    }

    @Test(arguments: [
        (["batch", "run", "PLAN"], 64, "which part of the plan?"),
        (["batch", "run", "PLAN", "--index", "5"], 64, "there is no shard 5: the plan has 1 shard, from 0 on"),
        (["batch", "run", "PLAN", "--index", "-1"], 64, "--index"),
        (["batch", "run", "PLAN", "--all", "--index", "0"], 64, "--all"),
        (["batch", "run", "PLAN", "--all", "--jobs", "0"], 64, "--jobs must be 1 to 256"),
        (["batch", "run", "/nowhere.jsonl", "--all"], 64, "/nowhere.jsonl: "),
        (["batch", "status", "FOLDER/clips/0.mp4"], 64, "is no plan of a batch"),
        (["batch", "plan", "/nowhere", "--out-dir", "x"], 65, "/nowhere: no such file or folder"),
        (["batch", "plan", "--out-dir", "x"], 64, "name recordings, folders or a --list"),
        (
            ["batch", "plan", "FOLDER/clips", "--out-dir", "x", "--out", "{stem}.foo"], 64,
            "its file extension names no video"
        ),
        (
            ["batch", "plan", "FOLDER/clips", "--out-dir", "x", "--out", "a.mp4"], 64,
            "two recordings would become a.mp4"
        ),
        (["batch", "plan", "FOLDER/clips", "--out-dir", "x", "--codec", "nope"], 64, "no video encoder 'nope'"),
        (["batch", "plan", "FOLDER/clips", "--out-dir", "x", "--serve"], 64, "a batch is of recordings"),
        (["batch", "plan", "FOLDER/clips", "--out-dir", "x", "--endings", ","], 64, "--endings names none"),
        (["batch", "plan", "FOLDER/clips", "--out-dir", "x", "--endings", "avi"], 65, "no recording in"),
        (["batch", "plan", "FOLDER/clips", "--out-dir", "x", "--list", "/nowhere"], 64, "/nowhere: "),
        (
            ["batch", "plan", "FOLDER/clips", "--out-dir", "x", "--opacity", "7"], 64,
            "error: --opacity cannot be '7.0'"
        ),
    ])
    func whatIsWrongIsOneLine(_ arguments: [String], _ status: Int32, _ part: String) throws {
        try inputs(good: 2)
        let plan = arguments.contains("PLAN") ? try plan() : ""
        let words = arguments.map { word in
            word == "PLAN" ? plan : word.replacing("FOLDER", with: folder.path)
        }
        let isPlan = words.contains("plan")
        let run = try Program.run(words + (isPlan ? ["-m", Clips.model] : []))
        #expect(run.status == status, "\(run.standardError)")
        #expect(run.standardError.contains(part), "\(run.standardError)")
        #expect(run.standardError.split(separator: "\n").count == 1, "\(run.standardError)")
    }

    @Test func withKeptVideoResultsAreMatroskaUnlessTheyAreNamed() throws {
        try inputs(good: 2)
        let plan = try plan(["--keep-video", "--sidecar", "{parent}/{stem}.jsonl"])
        #expect(try String(contentsOfFile: plan, encoding: .utf8).contains("\"output\": \"sub/1.mkv\""))
    }

    @Test func aSignalBeforeTheFirstRecordingIsHeard() throws {
        try inputs(good: 20)
        let plan = try plan()
        for (signal, status) in [(SIGUSR1, Int32(75)), (SIGTERM, 143)] {
            // A plan that comes through a pipe is waited for.
            let pipe = folder.file("pipe\(signal)")
            #expect(mkfifo(pipe, 0o600) == 0)
            let running = try Program.Running(["batch", "run", pipe, "--all", "--jobs", "1"])
            let end = open(pipe, O_WRONLY)
            running.signal(signal)
            let text = try folder.bytes(of: "heat.jsonl")
            #expect(text.withUnsafeBytes { write(end, $0.baseAddress, $0.count) } == text.count)
            close(end)
            #expect(running.finish().status == status)
        }
        #expect(files("heat").count { $0.hasSuffix(".mp4") } < 20)
        #expect(try Program.run(["batch", "verify", plan]).status == 0)
    }

    @Test func aListOfInputsComesFromAFileOrStandardInput() throws {
        try inputs(good: 3)
        let list = folder.file("clips/0.mp4") + "\n\n" + folder.file("clips/sub/1.mp4") + "\n"
        try folder.write(list.utf8, to: "list.txt")
        let run = try Program.run([
            "batch", "plan", "--list", folder.file("list.txt"), "--out-dir", folder.file("heat"), "-m", Clips.model,
        ])
        #expect(run.standardOutput.split(separator: "\n").count == 4, "\(run.standardError)")
        let running = try Program.Running(
            ["batch", "plan", "--list", "-", "--out-dir", folder.file("heat"), "-m", Clips.model],
            input: FileHandle(forReadingAtPath: folder.file("list.txt")))
        #expect(running.finish().standardOutput == run.standardOutput)
    }
}
