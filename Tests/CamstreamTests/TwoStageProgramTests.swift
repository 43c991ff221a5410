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

    /// Where boxes have been is drawn without maps; `--maps` wants them all the same.
    @Test(arguments: ["all", "dwell"]) func eachBoxIsNamedByTheClassifierAndItsMapKept(heat: String) throws {
        let run = try run([
            "--min-score", "0", "--max-boxes", "100", "-o", folder.file("out.png"), "--heat", heat, "--maps",
            folder.file("maps.npz"),
        ])
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
        let maps = try NPZFile(path: folder.file("maps.npz"))
        #expect(maps.shape("maps")?.first == line.detections.count)
        #expect(maps.integers("boxes") == line.detections.flatMap(\.box))
        // The classifier squashes what it is given, so its map covers the crop.
        let regions = maps.doubles("regions")
        for (number, thing) in line.detections.enumerated() {
            let region = Array(regions[4 * number..<4 * number + 4])
            let edges = [region[0], region[1], region[0] + region[2], region[1] + region[3]]
            #expect(zip(edges, thing.crop).allSatisfy { abs($0 - Double($1)) < 1e-6 }, "\(edges) \(thing.crop)")
        }
    }

    @Test func whatDoesNotGoTogetherIsWrongUsage() throws {
        for (options, words) in [
            (["--detector", Clips.model], "the model finds no boxes"),
            (["-m", detector], "the model is a detector, as"),
            (["--detector-class", "zebra"], "the model has no class names to look for 'zebra' in"),
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
