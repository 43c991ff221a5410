import Foundation
import TestSupport
import Testing

/// `--maps`, with the built program.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct MapsProgramTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func maps(_ input: String, _ output: String, _ options: [String] = []) throws -> NPZFile {
        let run = try Program.run(
            ["-i", input, "-m", Clips.model, "-o", folder.file(output), "--maps", folder.file("\(output).npz")]
                + options)
        #expect(run.status == 0, "\(run.standardError)")
        return try NPZFile(path: folder.file("\(output).npz"))
    }

    @Test func everyFrameOfAVideoHasItsRawMap() throws {
        let file = try maps(try Clips.red.get(), "out.mp4")
        let shape = try #require(file.shape("maps"))
        #expect(shape.count == 4 && shape[0] == 20 && shape[1] == 1 && shape[2] > 1 && shape[3] > 1)
        #expect(file.integers("frames") == Array(0..<20))
        #expect(zip(file.doubles("times"), 0..<20).allSatisfy { abs($0 - Double($1) / 10) < 1e-9 })
        let labels = file.texts("labels")
        #expect(file.integers("class_ids").allSatisfy { labels[$0] == "red" })
        #expect(file.texts("method") == ["cam"] && file.texts("layer")[0].isEmpty == false)
        let area = shape[2] * shape[3]
        let strongest = (0..<20).map { frame in file.floats("maps")[frame * area..<(frame + 1) * area].max()! }
        #expect(file.floats("scales") == strongest && strongest.contains { $0 != 1 })
    }

    @Test func onlyMapsThatTheClassifierMadeAreKept() throws {
        let sidecar = folder.file("out.jsonl")
        let file = try maps(try Clips.red.get(), "out.mp4", ["--cam-every", "8", "--sidecar", sidecar])
        #expect(file.integers("frames") == [0, 8, 16])
        struct Line: Decodable {
            enum CodingKeys: String, CodingKey { case mapAge = "map_age" }
            let mapAge: Double?
        }
        let ages = try String(contentsOfFile: sidecar, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8)).mapAge ?? 0
        }
        #expect(ages.count == 20 && zip(ages, 0...).allSatisfy { abs($0 - Double($1 % 8) / 10) < 1e-6 })
    }

    @Test func aStillIsScaledByItselfAndAVideoByItsClassToo() throws {
        let still = try maps(try Clips.photo.get(), "still.png")
        #expect(still.floats("shown_scales") == still.floats("frame_scales"))
        let video = try maps(try Clips.red.get(), "video.mp4")
        #expect(video.floats("shown_scales") != video.floats("frame_scales"))
    }

    @Test func aGridHasFiveMapsAFrame() throws {
        let file = try maps(try Clips.photo.get(), "out.png", ["--layout", "grid"])
        #expect(file.shape("maps")?.prefix(2) == [1, file.texts("labels").count.clamped(to: 5)])
        #expect(file.shape("probabilities") == [1, file.texts("labels").count.clamped(to: 5)])
    }

    @Test func ofADetectorEachThingOfEachFrameHasItsMap() throws {
        let clip = try SquareClip()
        let path = clip.folder.file("things.npz")
        try clip.run(["--maps", path, "--heat", "dwell"])
        let file = try NPZFile(path: path)
        #expect(file.integers("frames") == [0, 1, 2, 3, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 11, 12, 13, 14])
        #expect(file.integers("ids") == [1, 1, 1, 1, 1] + [2, 1, 2, 1, 2, 1, 2, 1, 2, 1] + [2, 2, 2, 2, 2])
        let labels = file.texts("labels")
        #expect(file.integers("class_ids").suffix(5).allSatisfy { labels[$0] == "blue" })
        #expect(file.integers("boxes").suffix(4) == [0, 32, 32, 64])
        let shape = try #require(file.shape("maps"))
        let area = shape[1] * shape[2]
        #expect(shape[0] == 20 && (0..<20).allSatisfy { file.floats("maps")[$0 * area..<($0 + 1) * area].max()! > 0 })
    }

    @Test func liveMapsAreRefused() throws {
        let run = try Program.run([
            "-i", try Clips.red.get(), "--live", "-m", Clips.model, "-o", folder.file("out.mp4"), "--maps",
            folder.file("out.npz"),
        ])
        #expect(run.status == 64 && run.standardError.contains("record it"), "\(run.standardError)")
        #expect(try folder.contents().isEmpty)
    }
}

extension Int {
    fileprivate func clamped(to limit: Int) -> Int { Swift.min(self, limit) }
}
