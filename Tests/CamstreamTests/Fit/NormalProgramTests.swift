import Foundation
import Pipeline
import TestSupport
import Testing

@testable import camstream

/// `camstream fit --normal`, with the built program: from good parts to a model that maps what is otherwise.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct NormalProgramTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Striped parts, of which some have a dark bar.
    private func put(_ name: String, count: Int, isDefect: Bool = false) throws {
        try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        for number in 0..<count {
            var random = SplitMix64(UInt64(number + (isDefect ? 500 : 0) + 31 * name.utf8.count))
            let shift = Int(random.next() % 8)
            var bytes = Array("P6\n64 64\n255\n".utf8)
            for y in 0..<64 {
                for x in 0..<64 {
                    let isDark = isDefect && (24..<36).contains(x) && (20..<44).contains(y)
                    let tone = isDark ? 10.0 : (x + shift) / 4 % 2 == 0 ? 200.0 : 120.0
                    for _ in 0..<3 { bytes.append(UInt8(tone + random.value(in: -9...9))) }
                }
            }
            try folder.write(bytes, to: "\(name)/\(number).ppm")
        }
    }

    private static let model = checkout.appendingPathComponent("models/demo/demo.onnx").path

    private func fit(_ more: [String], out: String = "line.onnx") throws -> Program {
        try Program.run(["fit", "-m", Self.model, "--coreset", "100", "-o", folder.file(out)] + more)
    }

    @Test func goodPartsBecomeAModelAndAReport() throws {
        try put("good", count: 8)
        try put("defects/good", count: 3)
        try put("defects/bar", count: 3, isDefect: true)
        let run = try fit(["--normal", folder.file("good"), "--test", folder.file("defects")])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.contains("learnt from 8 images"), "\(run.standardError)")
        #expect(run.standardError.contains("tested: 3 of 3 defects found"), "\(run.standardError)")
        #expect(
            try folder.contents() == ["defects", "good", "line.onnx", "line.report.html", "line.report.json"],
            "nothing half-written is left")
        for (picture, label) in [("defects/bar/0.ppm", "anomalous"), ("defects/good/0.ppm", "normal")] {
            let seen = try Program.run([
                "-i", folder.file(picture), "-m", folder.file("line.onnx"), "--sidecar", folder.file("seen.jsonl"),
                "--force",
            ])
            #expect(seen.status == 0 && seen.standardError.contains("normalised in the graph"), "\(seen.standardError)")
            let record = try String(decoding: folder.bytes(of: "seen.jsonl"), as: UTF8.self)
            #expect(record.contains("\"label\": \"\(label)\"}, \"top\""), "\(record)")
        }
        let again = try fit(["--normal", folder.file("good"), "-q"], out: "again.onnx")
        #expect(again.status == 0 && again.standardError.isEmpty, "\(again.standardError)")
    }

    /// What is wrong gets one line and the right exit code, and nothing is written.
    @Test func badInputIsToldInOneLine() throws {
        func expect(_ run: Program, _ status: Int32, _ part: String) {
            #expect(run.status == status, "\(part): \(run.standardError)")
            let lines = run.standardError.split(separator: "\n").filter { $0.lowercased().contains("error:") }
            #expect(lines.count == 1 && lines[0].contains(part), "\(part): \(run.standardError)")
        }
        let good = ["--normal", folder.file("good")]
        expect(try fit(good), 65, "No such file or directory; name a folder with images or clips of good parts")
        try FileManager.default.createDirectory(atPath: folder.file("good"), withIntermediateDirectories: true)
        expect(try fit(good), 65, "is empty: put images or clips of good parts into it")
        try put("good", count: 1)
        expect(try fit(good), 65, "there is 1 image of good parts, and at least 5 are needed")
        for number in 1..<6 { try folder.write("text \(number), no picture".utf8, to: "good/\(number).txt") }
        expect(try fit(good + ["-q"]), 65, "5 files were left out (1.txt: ")
        try put("good", count: 6)
        try put("classes/cup", count: 1)
        try put("classes/pen", count: 1)
        expect(try fit(["--normal", folder.file("classes")]), 65, "for a classifier of classes: camstream fit ")
        expect(try fit(good + [folder.file("classes")]), 64, "exclude each other")
        expect(try fit(good + ["--from", "cups"]), 64, "--from cannot be given with --normal")
        expect(try fit(good + ["--validate", "5"]), 64, "--validate cannot be given with --normal")
        expect(try fit(good + ["--coreset", "2"]), 64, "--coreset cannot be '2'; allowed: 16 to 20000")
        expect(try fit([folder.file("classes")]), 64, "--coreset is for models of good parts")
        expect(try fit(good + ["--layers", "nothing"]), 64, "nothing")
        expect(try fit(good + ["--test", folder.file("classes")]), 65, "has no folder 'good' beside cup, pen")
        expect(try fit(good, out: "line.pb"), 64, "give --out a name that ends in .onnx")
        let small = try Program.run(["fit", "-m", Fixtures.model("gap_gemm"), "-o", folder.file("s.onnx")] + good)
        expect(small, 65, "no layers lie at an eighth and a sixteenth of its input (16x16), but at 8x8;")
        #expect(try folder.contents() == ["classes", "good"])
    }
}
