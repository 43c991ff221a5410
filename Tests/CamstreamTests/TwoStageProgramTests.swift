import Foundation
import TestSupport
import Testing

/// `--detector`, with the built program. The detector's weights are random, so that its boxes are of anything.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct TwoStageProgramTests {
    private let folder: TemporaryFolder
    private let detector = checkout.appending(path: "Tests/Fixtures/detectors/yolox.onnx").path

    init() throws { folder = try TemporaryFolder() }

    private struct Line: Decodable {
        struct Named: Decodable { let label: String }
        struct Thing: Decodable {
            let `class`: Named
            let detectorClass: Named
            let probability: Double
            let score: Double
            let box: [Int]
            let crop: [Int]
        }
        let detections: [Thing]
    }

    private func run(_ options: [String]) throws -> Program {
        try Program.run(
            [
                "-i", try Clips.photo.get(), "-m", Clips.model, "--detector", detector, "--sidecar",
                folder.file("seen.jsonl"),
            ] + options)
    }

    @Test func eachBoxIsNamedByTheClassifier() throws {
        let run = try run(["--min-score", "0", "--max-boxes", "100", "-o", folder.file("out.png")])
        #expect(run.status == 0, "\(run.standardError)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let line = try decoder.decode(Line.self, from: Data(try folder.bytes(of: "seen.jsonl")))
        #expect((1...100).contains(line.detections.count))
        for thing in line.detections {
            #expect(!thing.class.label.hasPrefix("class "))
            #expect(thing.detectorClass.label.hasPrefix("class ") && (0...1).contains(thing.probability))
            #expect(thing.crop[0] <= thing.box[0] && thing.crop[3] >= thing.box[3] && thing.score >= 0)
        }
    }

    @Test func whatDoesNotGoTogetherIsWrongUsage() throws {
        for (options, words) in [
            (["--detector", Clips.model], "the model finds no boxes"),
            (["-m", detector], "the model is a detector, as"),
            (["--detector-class", "zebra"], "no class is called 'zebra'"),
            (["--maps", folder.file("m.npz")], "no file with --detector"),
        ] {
            let run = try run(options)
            #expect(run.status == 64 && run.standardError.contains(words), "\(options): \(run.standardError)")
        }
        let alone = try Program.run(
            ["-i", try Clips.photo.get(), "-m", Clips.model, "-o", folder.file("o.png"), "--detector-class", "dog"])
        #expect(alone.status == 64 && alone.standardError.contains("it is for --detector"), "\(alone.standardError)")
        let missing = try run(["--detector", folder.file("none.onnx")])
        #expect(missing.status == 65 && missing.standardError.contains("none.onnx"), "\(missing.standardError)")
    }
}
