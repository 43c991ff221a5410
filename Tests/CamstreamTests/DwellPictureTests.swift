import Foundation
import TestSupport
import Testing

/// `--dwell`, with the built program: a picture of where a detector's objects were.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct DwellPictureTests {
    private let clip: SquareClip
    private let picture: String

    init() throws {
        clip = try SquareClip()
        picture = clip.folder.file("where.png")
    }

    /// The mean of a region's samples, red, green, blue.
    private func mean(_ x: Range<Int>, _ y: Range<Int>) throws -> [Double] {
        let rgb = try FFmpegTool.rawVideo(picture, pixelFormat: "rgb24")
        try #require(rgb.count == 128 * 64 * 3)
        return (0..<3).map { channel in
            let all = y.flatMap { row in x.map { Double(rgb[(row * 128 + $0) * 3 + channel]) } }
            return all.reduce(0, +) / Double(all.count)
        }
    }

    @Test func placesAreHotWhereObjectsWereAndColdElsewhere() throws {
        try clip.run([
            "--dwell", picture, "--blend", "mix", "--opacity", "1", "--colormap", "hot", "--no-color-bar",
            "--no-enlarge",
        ])
        // Red was there for ten frames, of which nine intervals count, blue for ten.
        let (red, blue, none) = (
            try mean(68..<92, 4..<28), try mean(4..<28, 36..<60), try mean(100..<124, 36..<60)
        )
        #expect(red[0] > 200 && blue[0] > 200 && none[0] < 10, "\(red) \(blue) \(none)")
        #expect(try clip.folder.contents().sorted() == ["squares.mkv", "squares.onnx", "squares.yaml", "where.png"])
    }

    @Test func itIsMadeBesideAVideoToo() throws {
        try clip.run(["-o", clip.folder.file("out.mp4"), "--no-enlarge", "--dwell", picture])
        #expect(try mean(68..<92, 4..<28) != mean(100..<124, 36..<60))
    }

    private func refuse(_ arguments: [String], _ message: String) throws {
        let run = try Program.run(arguments + ["--dwell", picture])
        #expect(run.status == 64 && run.standardError.contains(message), "\(run.standardError)")
        #expect(run.standardError.split(separator: "\n").count == 1, "\(run.standardError)")
        #expect(!FileManager.default.fileExists(atPath: picture))
    }

    @Test func whereNothingStaysNoneIsMade() throws {
        try refuse(["-i", try Clips.red.get(), "-m", Clips.model], "only a detector finds objects")
        try refuse(["-i", try Clips.photo.get(), "-m", clip.model], "a photograph, in which nothing stays")
        try refuse(["-i", clip.path, "-m", clip.model, "--live", "-o", clip.folder.file("live.mp4")], "--heat dwell")
        try refuse(["-i", clip.path, "-m", clip.model, "-o", picture], "another file than")
    }
}
