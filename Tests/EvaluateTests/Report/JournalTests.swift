import Evaluate
import Foundation
import TestSupport
import Testing

@Suite struct JournalTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func whatIsWrittenIsReadAgain() throws {
        let written = [Runs.picture(0), Runs.picture(1, isRight: false)]
        let path = try Runs.journal(written, in: folder)
        var read: [JudgedPicture] = []
        let size = try Journal.read(path) { read.append($0) }
        let bytes = try folder.bytes(of: "run.pictures.jsonl")
        #expect(read == written && size == bytes.count)
        #expect(try Journal.facts(path) == Runs.facts())
        let map = try #require(read[0].maps["moved"])
        let field = HeatField(
            width: 12, height: 10,
            values: (0..<120).map { (7..<11).contains($0 % 12) && (3..<7).contains($0 / 12) ? 1 : 0 })
        #expect(map.boxSweep == BoxSweep(field, boxes: [Runs.box]) && map.maskSweep == MaskSweep(field, Runs.mask))
    }

    @Test func aLineThatWasBeingWrittenDoesNotCount() throws {
        let whole = try Runs.journal([Runs.picture(0)], in: folder)
        let bytes = try folder.bytes(of: "run.pictures.jsonl")
        let torn = bytes + Array(try Journal.line(Runs.picture(1)).dropLast(20))
        try folder.write(torn, to: "run.pictures.jsonl")
        var count = 0
        #expect(try Journal.read(whole) { _ in count += 1 } == bytes.count)
        #expect(count == 1)
    }

    @Test func aLineThatIsNoPictureIsAnError() throws {
        let path = try Runs.journal([Runs.picture(0)], in: folder)
        try folder.write(try folder.bytes(of: "run.pictures.jsonl") + Array("{}\n".utf8), to: "run.pictures.jsonl")
        #expect(throws: EvaluationError.badJournal(path: path, line: 3)) { try Journal.read(path) { _ in } }
        let none = try folder.write(Array("{}\n".utf8), to: "none.jsonl")
        #expect(throws: EvaluationError.badJournal(path: none, line: 1)) { try Journal.facts(none) }
        let missing = folder.file("missing.jsonl")
        #expect(throws: EvaluationError.noJournal(path: missing, reason: "No such file or directory")) {
            try Journal.facts(missing)
        }
    }

    @Test func anotherRunIsNotGoneOnWith() {
        let facts = Runs.facts()
        #expect(facts.difference(from: facts) == nil)
        func expect(_ words: String, _ change: (inout RunFacts) -> Void) {
            var other = facts
            change(&other)
            #expect(facts.difference(from: other)?.contains(words) == true)
        }
        expect("another model") { $0.modelChecksum = "x" }
        expect("other images") { $0.dataChecksum = "x" }
        expect("other methods") { $0.methods.removeLast() }
        expect("--target top") { $0.target = "top" }
        expect("--seed 9") { $0.seed = 9 }
        expect("classes are mapped") { $0.classes = [:] }
        expect("computed in bf16") { $0.precision = "bf16" }
        expect("it is of camstream 10") { $0.program = "camstream 10" }
        expect("other figures") { $0.series = [Series("insertion", "Insertion", over: "share", at: [0, 1])] }
        expect("settings of methods") { $0.options = ["samples": "3"] }
    }

    @Test func theJournalLiesBesideTheReport() {
        #expect(Journal.path(besideReport: "a/report.json") == "a/report.pictures.jsonl")
    }
}
