import Foundation
import Glibc
import Pipeline
import TestSupport
import Testing

@testable import camstream

/// `camstream fit`, with the built program: from a folder to a classifier that runs.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct FitProgramTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Pictures with stripes, half of them of one colour, which the demonstration model is made for, and half of any: no two
    /// are nearly the same.
    private func put(_ name: String, _ rgb: [Int], count: Int, root: String = "photos") throws {
        try FileManager.default.createDirectory(
            atPath: folder.file("\(root)/\(name)"), withIntermediateDirectories: true)
        for number in 0..<count {
            var random = SplitMix64(UInt64(number &+ 31 * rgb[0] &+ 997 * rgb[1]))
            var bytes = Array("P6\n32 24\n255\n".utf8)
            let stripes = (0..<8).map { stripe in
                stripe % 2 == 0 ? rgb : (0..<3).map { _ in random.value(in: 0...1) < 0.5 ? 30 : 220 }
            }
            for _ in 0..<24 {
                for column in 0..<32 { bytes += stripes[column / 4].map { UInt8($0) } }
            }
            try folder.write(bytes, to: "\(root)/\(name)/\(number).ppm")
        }
    }

    private func fit(_ photos: String = "photos", out: String = "mine.onnx", _ more: [String] = []) throws -> Program {
        try Program.run(
            ["fit", folder.file(photos), "-m", Clips.model, "-o", folder.file(out)] + more,
            environment: ["XDG_DATA_HOME": folder.file("data")])
    }

    @Test func aFolderBecomesAClassifierThatRunsAndIsKept() throws {
        try put("warm", [210, 60, 50], count: 14)
        try put("cold", [50, 60, 210], count: 14)
        let run = try fit("photos", ["--json"])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try run.standardError.contains(Regex("held out: [0-9] of [4-9] right, ")), "\(run.standardError)")
        #expect(
            try folder.contents() == ["mine.onnx", "mine.report.html", "mine.report.json", "photos"],
            "nothing half-written is left")
        let report = try #require(
            JSONSerialization.jsonObject(with: Data(folder.bytes(of: "mine.report.json"))) as? [String: Any])
        let printed = try #require(
            JSONSerialization.jsonObject(with: Data(run.standardOutput.utf8)) as? NSDictionary)
        #expect(printed == report as NSDictionary)
        #expect((report["classes"] as? [[String: Any]])?.map { $0["name"] as? String } == ["cold", "warm"])

        let seen = try Program.run([
            "-i", folder.file("photos/warm/3.ppm"), "-m", folder.file("mine.onnx"), "-o", folder.file("heat.png"), "-v",
            "--sidecar", folder.file("heat.jsonl"),
        ])
        #expect(seen.status == 0 && seen.standardError.contains("method: CAM"), "\(seen.standardError)")
        #expect(try String(decoding: folder.bytes(of: "heat.jsonl"), as: UTF8.self).contains("\"warm\""))
        let kept = try Program.run(
            ["models", "add", folder.file("mine.onnx")], environment: ["XDG_DATA_HOME": folder.file("data")])
        #expect(kept.status == 0 && kept.standardError.contains("--model mine"), "\(kept.standardError)")
    }

    @Test func theSamePicturesGiveTheSameBytes() throws {
        try put("warm", [210, 60, 50], count: 8)
        try put("none", [120, 120, 120], count: 8)
        #expect(try fit(out: "one.onnx", ["--name", "n", "-q"]).status == 0)
        #expect(try fit(out: "two.onnx", ["--name", "n", "-q"]).status == 0)
        #expect(try folder.bytes(of: "one.onnx") == folder.bytes(of: "two.onnx"))
    }

    @Test func otherPicturesAreATest() throws {
        try put("warm", [210, 60, 50], count: 6)
        try put("cold", [50, 60, 210], count: 6)
        try put("warm", [190, 80, 60], count: 3, root: "others")
        let run = try fit(["--test", folder.file("others")])
        #expect(run.status == 0 && run.standardError.contains(" of 3 right"), "\(run.standardError)")
        let folds = try fit(out: "folds.onnx", ["--validate", "3"])
        #expect(
            folds.status == 0 && folds.standardError.contains("validated 3 times: ")
                && folds.standardError.contains(" of 12 right"), "\(folds.standardError)")
        let none = try fit(out: "none.onnx", ["--test-share", "0"])
        #expect(none.status == 0 && none.standardError.contains("nobody knows how good it is"))
    }

    private func fit(_ more: [String]) throws -> Program { try fit("photos", out: "mine.onnx", more) }

    /// What is wrong gets one line and the right exit code, and nothing is written.
    @Test func badInputIsToldInOneLine() throws {
        func expect(_ run: Program, _ status: Int32, _ part: String) {
            #expect(run.status == status, "\(part): \(run.standardError)")
            let lines = run.standardError.split(separator: "\n").filter { $0.contains("error:") }
            #expect(lines.count == 1 && lines[0].contains(part), "\(part): \(run.standardError)")
        }
        expect(try fit("nothing"), 65, "No such file")
        try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
        expect(try fit("empty"), 65, "is empty: put the images of each class")
        try put("warm", [210, 60, 50], count: 6)
        expect(try fit(), 65, "has one class, 'warm', and two are needed")
        try put("cold", [50, 60, 210], count: 3)
        expect(try fit(), 65, "class 'cold' has 3 examples, and at least 5 are needed")
        for number in 3..<6 { try folder.write("a text that is no picture".utf8, to: "photos/cold/\(number).txt") }
        expect(try fit(["-q"]), 65, "3 files of it were left out (cold/3.txt: ")
        try put("cold", [50, 60, 210], count: 6)
        expect(try fit(out: "mine.pb"), 64, "give --out a name that ends in .onnx")
        expect(try fit(out: "no/such/mine.onnx"), 73, "does not exist")
        expect(try fit(["--test-share", "0.9"]), 64, "--test-share cannot be '0.9'; allowed: 0 to 0.5")
        expect(try fit(["--validate", "1"]), 64, "--validate cannot be '1'")
        expect(try fit(["--views", "0"]), 64, "--views cannot be '0'")
        expect(try fit(["--validate", "3", "--test", folder.file("photos")]), 64, "exclude each other")
        expect(try fit(["--card", folder.file("nothing.yaml")]), 65, "nothing.yaml")
        try put("green", [50, 200, 50], count: 1, root: "others")
        expect(try fit(["--test", folder.file("others")]), 65, "has a class 'green' that is not learnt")
        try folder.write("photos/warm/0.ppm,a\nphotos/warm/1.ppm\n".utf8, to: "list.csv")
        expect(try fit("list.csv"), 65, "line 2: 1 columns")
        expect(try fit("list.csv", out: "list.csv", ["--force"]), 64, "a name that ends in .onnx")
        try folder.write("labels: [a]".utf8, to: "mine.yaml")
        expect(try fit(), 64, "mine.yaml would be taken for the card")
        #expect(unlink(folder.file("mine.yaml")) == 0)
        let vgg = try Program.run([
            "fit", folder.file("photos"), "-m", Fixtures.model("vgg"), "-o", folder.file("v.onnx"),
        ])
        expect(vgg, 65, "name another classifier with --model")
        try folder.write("kept".utf8, to: "mine.report.json")
        expect(try fit(), 73, "mine.report.json exists already")
        #expect(try folder.bytes(of: "mine.report.json") == Array("kept".utf8))
        #expect(try folder.contents().filter { $0.hasPrefix(".") || $0.hasSuffix(".onnx") }.isEmpty)
        #expect(try fit(["--force", "-q"]).status == 0)
    }
}
