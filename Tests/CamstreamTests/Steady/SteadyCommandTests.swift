import Foundation
import TestSupport
import Testing

/// `camstream steady`, with the built program.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct SteadyCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func steady(_ options: [String]) throws -> Program {
        try Program.run(["steady", "-m", Clips.model] + options)
    }

    private func rows(_ name: String) throws -> [[String: Any]] {
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: folder.file(name))))
        return try #require((json as? [String: Any])?["rows"] as? [[String: Any]])
    }

    private func boxes() throws -> String {
        let frames = (0..<20).map { frame in
            let (x, y) = Clips.centre(ofFrame: frame)
            return "{\"frame\": \(frame), \"box\": [\(x - 20), \(y - 20), \(x + 20), \(y + 20)]}"
        }
        return try folder.write(
            "{\"source\": \"drawn\", \"frames\": [\(frames.joined(separator: ", "))]}".utf8, to: "boxes.json")
    }

    @Test func aVideoIsMeasuredAgainstItsBoxes() throws {
        let run = try steady(
            [
                "-i", try Clips.red.get(), "--boxes", try boxes(), "--class", "red", "-o", folder.file("report.json"),
                "--picture", folder.file("steady.png"),
            ])
        #expect(run.status == 0, "\(run.standardError)")
        for word in ["change", "label switches", "peak in box", "insertion", "deletion", "ratio"] {
            #expect(run.standardOutput.contains(word), "\(run.standardOutput)")
        }
        let rows = try rows("report.json")
        let peak = try #require(rows.first { $0["metric"] as? String == "peak in box" })
        #expect(try #require(peak["raw"] as? Double) > 80, "\(run.standardOutput)")
        let change = try #require(rows.first { $0["metric"] as? String == "change" })
        #expect(try #require(change["steady"] as? Double) < (try #require(change["raw"] as? Double)))
        #expect(try folder.contents().sorted() == ["boxes.json", "report.json", "steady.png"])
    }

    @Test func withoutSmoothingThereIsNothingBetweenTheTwo() throws {
        let run = try steady(["-i", try Clips.red.get(), "--smoothing", "0", "-o", folder.file("report.json")])
        #expect(run.status == 0, "\(run.standardError)")
        let change = try #require(try rows("report.json").first { $0["metric"] as? String == "change" })
        let (raw, steady) = (try #require(change["raw"] as? Double), try #require(change["steady"] as? Double))
        #expect(raw > 0 && abs(raw - steady) < 0.002)
    }

    @Test func whatIsLeftOutIsToldAgainstAllFrames() throws {
        let every = try folder.write("infer: {cam-every: 1}\n".utf8, to: "every.yaml")
        let run = try steady(
            ["-i", try Clips.red.get(), "--cam-every", "4", "--against", every, "-o", folder.file("report.json")])
        #expect(run.status == 0, "\(run.standardError)")
        let rows = try rows("report.json")
        let looked = try #require(rows.first { $0["metric"] as? String == "looked at" })
        #expect(looked["raw"] as? Double == 100 && looked["steady"] as? Double == 25)
        let agreement = try #require(rows.first { $0["metric"] as? String == "agreement" }?["steady"] as? Double)
        #expect(agreement > 0.9 && agreement < 1)
    }

    @Test func aPhotographBecomesClipsWhoseMotionIsKnown() throws {
        let run = try steady(["-i", try Clips.photo.get(), "-o", folder.file("report.json")])
        #expect(run.status == 0, "\(run.standardError)")
        let found = try rows("report.json").map { "\($0["clip"]!): \($0["metric"]!)" }
        #expect(
            Set(found).isSuperset(of: [
                "static: flicker", "pan: warped error", "zoom: warped error", "cuts: lag after cuts",
                "cuts: correlation", "cuts: insertion", "cuts: deletion",
            ]), "\(found)")
    }

    @Test(
        arguments: [
            (["-i", "demo:", "-o", "report.txt"], "ends in .json"),
            (["-i", "demo:", "--picture", "steady.mp4"], "ends in .png or .jpg"),
            (["-i", "demo:", "--boxes", "none.json"], "there is no such file"),
            (["-i", "demo:", "--against", "none.yaml"], "there is no such file"),
            (["-i", "demo:", "--smoothing", "61"], "--smoothing cannot be '61.0'"),
        ])
    func wrongUsageIsOneLine(options: [String], words: String) throws {
        let run = try steady(options)
        let lines = run.standardError.split(separator: "\n").filter { $0.contains("error:") }
        #expect(run.status == 64 && lines.count == 1 && lines[0].contains(words), "\(run.standardError)")
    }

    /// Blue beside red half of the time; the clip's squares have hard edges and do not move, so nothing but their coming is change.
    @Test func aDetectorsBoxesAreMeasured() throws {
        let clip = try SquareClip()
        let frames = (0..<20).map { "{\"frame\": \($0), \"box\": [64, 0, 96, 32]}" }.prefix(10).joined(separator: ", ")
        let boxes = try folder.write("{\"frames\": [\(frames)]}".utf8, to: "boxes.json")
        let run = try Program.run([
            "steady", "-i", clip.path, "-m", clip.model, "--boxes", boxes, "--class", "red", "-o",
            folder.file("report.json"),
        ])
        #expect(run.status == 0, "\(run.standardError)")
        let rows = try rows("report.json")
        func values(_ metric: String) throws -> (raw: Double?, steady: Double?) {
            let row = try #require(rows.first { $0["metric"] as? String == metric }, "\(run.standardOutput)")
            return (row["raw"] as? Double, row["steady"] as? Double)
        }
        #expect(try values("peak in box") == (100, 100))
        #expect(try values("objects begun") == (nil, 0))
        // Red goes once in two seconds.
        #expect(try values("label switches") == (30, 30))
        let (insertion, deletion) = (try values("insertion"), try values("deletion"))
        #expect(try #require(insertion.steady) > (try #require(deletion.steady)), "\(run.standardOutput)")
    }

    @Test func whereADetectorFindsNothingItIsTold() throws {
        let clip = try SquareClip()
        let run = try Program.run(["steady", "-i", clip.path, "-m", clip.model, "--min-score", "1"])
        #expect(run.status == 0 && run.standardError.contains("nothing is found"), "\(run.standardError)")
    }

    @Test func aBoxThatIsNoneIsRefused() throws {
        let path = try folder.write("{\"frames\": [{\"frame\": 3, \"box\": [9, 0, 2, 5]}]}".utf8, to: "bad.json")
        let run = try steady(["-i", try Clips.red.get(), "--boxes", path])
        #expect(run.status == 64 && run.standardError.contains("the box of frame 3"), "\(run.standardError)")
    }

    @Test func anExistingReportIsKeptUnlessItMayBeReplaced() throws {
        let path = try folder.write("mine".utf8, to: "report.json")
        let run = try steady(["-i", try Clips.red.get(), "-o", path])
        #expect(run.status == 64 || run.status == 73, "\(run.standardError)")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
    }
}
