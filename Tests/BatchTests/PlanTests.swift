import Foundation
import TestSupport
import Testing

@testable import Batch

@Suite struct PlanTests {
    @Test func aPlanIsReadAsItWasWritten() throws {
        let bench = try Bench()
        try bench.input("b \"quoted\".mp4")
        try bench.input("north/a.mp4")
        try bench.input("täglich/ü.mkv")
        let plan = try bench.plan()
        #expect(plan.head == bench.head)
        #expect(plan.end == PlanEnd(jobs: 3, shards: 1))
        let jobs = try plan.jobs()
        #expect(jobs.map(\.outputs) == ["b \"quoted\".out", "north/a.out", "täglich/ü.out"].map { ["output": $0] })
        #expect(jobs[1].input == bench.folder.file("clips/north/a.mp4"))
        #expect(jobs[1].size == 11)
        #expect(jobs[1].modified == InputStamp(path: jobs[1].input)?.modified)
        #expect(Set(jobs.map(\.id)).count == 3)
    }

    @Test func anInputHasTheSameIDInEachPlan() throws {
        let bench = try Bench()
        try bench.input("b.mp4")
        let before = try bench.plan().jobs()[0].id
        try bench.input("a.mp4")
        #expect(try bench.plan().jobs()[1].id == before)
    }

    @Test func neighboursShareAShardUpToItsCost() throws {
        let bench = try Bench()
        for number in 1...7 { try bench.input("\(number).mp4") }
        let one = try bench.plan().jobs()[0].cost
        let plan = try bench.plan(shardCost: one * 3.5)
        #expect(try plan.jobs().map(\.shard) == [0, 0, 0, 1, 1, 1, 2])
        #expect(plan.end.shards == 3)
        #expect(try plan.jobs { $0 == 1 }.map(\.shard) == [1, 1, 1])
        // One that is longer than a shard is one by itself.
        #expect(try bench.plan(shardCost: one / 2).jobs().map(\.shard) == Array(0..<7))
    }

    @Test func aPlanThatOthersHaveWrittenAnewIsReadTheSame() throws {
        let bench = try Bench()
        for number in 1...3 { try bench.input("\(number).mp4") }
        let plan = try bench.plan(shardCost: 0)
        let text = try String(contentsOfFile: plan.path, encoding: .utf8)
        let spaced = text.replacing("\"shard\": ", with: "\"shard\" :  ").replacing("{\"id\"", with: "{ \"id\"")
        let other = try Plan(path: try bench.folder.write(spaced.utf8, to: "other.jsonl"))
        #expect(try other.jobs { $0 == 1 } == plan.jobs { $0 == 1 })
    }

    @Test func aPlanThatWasNotFinishedIsRefused() throws {
        let bench = try Bench()
        for number in 1...3 { try bench.input("\(number).mp4") }
        let bytes = try bench.folder.bytes(of: URL(filePath: try bench.plan().path).lastPathComponent)
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        for cut in [bytes.count - 1, bytes.count - 5, lines.dropLast().reduce(0) { $0 + $1.count + 1 }] {
            let path = try bench.folder.write(bytes.prefix(cut), to: "cut.jsonl")
            #expect(throws: BatchError.unfinishedPlan(path: path)) { try Plan(path: path) }
        }
    }

    @Test(arguments: [
        "", "\n", "{}\n", "{\"camstream_batch\": 7}\n{\"end\":{\"jobs\":0,\"shards\":0}}\n", "clip.mp4\n",
    ])
    func whatIsNoPlanIsRefused(_ text: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(text.utf8, to: "jobs.jsonl")
        #expect {
            try Plan(path: path)
        } throws: { error in
            guard case .notAPlan? = error as? BatchError else { return false }
            return true
        }
    }

    @Test func aPlanOfANewerFormatSaysSo() throws {
        let folder = try TemporaryFolder()
        let text = "{\"camstream_batch\":{\"format\":99,\"x\":1}}\n{\"end\":{\"jobs\":0,\"shards\":0}}\n"
        let path = try folder.write(text.utf8, to: "jobs.jsonl")
        #expect(throws: BatchError.notAPlan(path: path, problem: "a newer camstream wrote it (format 99)")) {
            try Plan(path: path)
        }
    }

    @Test func aLineThatIsNoJobIsToldByItsNumber() throws {
        let bench = try Bench()
        for number in 1...3 { try bench.input("\(number).mp4") }
        let text = try String(contentsOfFile: try bench.plan().path, encoding: .utf8)
        var lines = text.split(separator: "\n").map(String.init)
        lines[2] = "{\"id\": \"x\"}"
        let path = try bench.folder.write((lines.joined(separator: "\n") + "\n").utf8, to: "wrong.jsonl")
        #expect(throws: BatchError.notAPlan(path: path, problem: "line 3 is no job")) { try Plan(path: path).jobs() }
    }

    @Test(arguments: ["../x", "/x", "", ".", "a//b", "a/../../b", ".camstream/x.lock"])
    func aPlanThatLeadsOutOfItsFolderIsRefused(_ output: String) throws {
        let bench = try Bench()
        try bench.input("a.mp4")
        let text = try String(contentsOfFile: try bench.plan().path, encoding: .utf8)
        let other = text.replacing("\"a.out\"", with: "\"\(output)\"")
        let path = try bench.folder.write(other.utf8, to: "foreign.jsonl")
        let problem = "the job of line 2 has a result that is no path below the plan's folder"
        #expect(throws: BatchError.notAPlan(path: path, problem: problem)) { try Plan(path: path).jobs() }
    }

    @Test func anIDIsNoPath() throws {
        let bench = try Bench()
        try bench.input("a.mp4")
        let text = try String(contentsOfFile: try bench.plan().path, encoding: .utf8)
        let path = try bench.folder.write(
            text.replacing("{\"id\": \"", with: "{\"id\": \"../").utf8, to: "foreign.jsonl")
        #expect(throws: BatchError.notAPlan(path: path, problem: "the job of line 2 has an id that is none")) {
            try Plan(path: path).jobs()
        }
    }

    @Test func onlyTheVersionThatPlannedRunsIt() throws {
        let bench = try Bench()
        try bench.input("a.mp4")
        let plan = try bench.plan()
        try plan.check(version: "1.0")
        #expect(throws: BatchError.otherVersion(path: plan.path, planned: "1.0", this: "1.1")) {
            try plan.check(version: "1.1")
        }
    }

    @Test func aModelThatHasChangedSinceIsRefused() throws {
        let bench = try Bench()
        try bench.input("a.mp4")
        let model = try bench.folder.write("model".utf8, to: "m.onnx")
        var head = bench.head
        head.model.files = [PlanHead.File(path: model, sha256: try InputStamp.checksum(model))]
        let plan = try bench.plan(head: head)
        try plan.checkModel()
        try bench.folder.write("Model".utf8, to: "m.onnx")
        #expect(throws: BatchError.otherModel(path: model)) { try plan.checkModel() }
    }

    @Test func allJobsComeInGroupsOnce() throws {
        let bench = try Bench()
        for number in 0..<300 { try bench.input("\(number).mp4") }
        let plan = try bench.plan()
        let seen = Collected<String>()
        try plan.forEachGroup { seen.add($0.map(\.id)) }
        #expect(seen.all.sorted() == (try plan.jobs().map(\.id).sorted()))
    }
}
