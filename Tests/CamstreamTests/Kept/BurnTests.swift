import Foundation
import Glibc
import TestSupport
import Testing

/// `camstream burn` with the built program: the overlay of a kept recording is that of the run itself.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct BurnTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func program(_ arguments: [String]) throws {
        let run = try Program.run(arguments)
        #expect(run.status == 0, "\(run.standardError)")
    }

    /// What a run draws itself, what is drawn of the recording that it keeps, and that recording.
    ///
    /// - Parameters:
    ///   - options: of the run, and `burnOptions` those that are given to the command alone.
    private func pair(
        _ input: String, _ options: [String] = [], burnOptions: [String] = [], kept name: String = "kept.mkv",
        model: String = Clips.model
    ) throws -> (direct: String, burned: String, kept: String) {
        let (direct, burned) = (folder.file("direct.mkv"), folder.file("burned.mkv"))
        let common = ["-i", input, "-m", model]
        try program(common + options + burnOptions + ["--codec", "ffv1", "-o", direct])
        try program(common + options + ["--keep-video", "-o", folder.file(name)])
        try program(["burn", folder.file(name), "--codec", "ffv1", "-o", burned] + burnOptions)
        return (direct, burned, folder.file(name))
    }

    /// Samples of one that are farther than two levels from the other's, of a million.
    private func farther(_ one: String, _ other: String) throws -> Int {
        let (a, b) = (
            try FFmpegTool.rawVideo(one, pixelFormat: "yuv420p"), try FFmpegTool.rawVideo(other, pixelFormat: "yuv420p")
        )
        try #require(a.count == b.count && !a.isEmpty)
        return zip(a, b).count { abs(Int($0) - Int($1)) > 2 } * 1_000_000 / a.count
    }

    private func times(_ path: String) throws -> String {
        try FFmpegTool.probe(["-select_streams", "v:0", "-show_entries", "frame=pts_time", path])
    }

    @Test(arguments: [
        [], ["--layout", "side-by-side"], ["--layout", "grid"], ["--layout", "compare"],
        ["--layout", "triple", "--labels", "top5"], ["--box"], ["--class", "red", "--versus", "green"],
        ["--colormap", "viridis", "--blend", "mix", "--no-color-bar"],
    ]) func theOverlayIsThatOfTheRun(_ options: [String]) throws {
        let (direct, burned, _) = try pair(try Clips.red.get(), options)
        #expect(try farther(direct, burned) < 1000)
        #expect(try times(direct) == times(burned))
    }

    /// Its edges lie on gentle slopes, which heat of 8 bits does not place to the pixel; in a grid they may be one off.
    @Test(arguments: ["overlay", "side-by-side", "grid"])
    func theBoxOfACoarseMapIsThatOfTheRun(_ layout: String) throws {
        let (clip, model) = (folder.file("scene.mkv"), checkout.appending(path: "models/demo/demo.onnx").path)
        let scene = ["-i", "demo:seconds=2,size=640x360,fps=10", "-m", model]
        try program(scene + ["--opacity", "0", "--codec", "ffv1", "-o", clip])
        let (direct, burned, _) = try pair(clip, ["--box", "--layout", layout], model: model)
        #expect(try farther(direct, burned) < (layout == "grid" ? 5000 : 1000))
    }

    @Test func anyOtherStyleIsWhatTheRunWouldHaveDrawnWithIt() throws {
        let style = ["--layout", "side-by-side", "--colormap", "magma", "--blend", "add", "--opacity", "0.4"]
        let (direct, burned, kept) = try pair(
            try Clips.red.get(), burnOptions: style + ["--labels", "top5", "--box"])
        #expect(try farther(direct, burned) < 1000)
        let plain = folder.file("plain.mkv")
        let nothing = ["--labels", "none", "--opacity", "0", "--no-color-bar"]
        try program(["burn", kept, "--codec", "ffv1", "-o", plain] + nothing)
        #expect(try FFmpegTool.rawVideo(plain) == FFmpegTool.rawVideo(try Clips.red.get()))
    }

    @Test(arguments: ["mp4", "mov"]) func theContainerDoesNotMatter(_ ending: String) throws {
        let (direct, burned, _) = try pair(try Clips.red.get(), kept: "kept.\(ending)")
        #expect(try farther(direct, burned) < 1000)
        #expect(try times(direct) == times(burned))
    }

    /// Readers number both behind the other tracks, wherever they were written.
    @Test func theTracksAreFoundBesideAFontAndACover() throws {
        let (font, cover) = (folder.file("font.mkv"), folder.file("cover.mp4"))
        try folder.write("a font".utf8, to: "font.ttf")
        let attachment = ["-attach", folder.file("font.ttf"), "-metadata:s:t", "mimetype=application/x-truetype-font"]
        try FFmpegTool.run(["-i", try Clips.red.get()] + attachment + ["-c", "copy", font])
        let streams = ["-map", "0", "-map", "1", "-c", "copy", "-c:v:1", "mjpeg", "-disposition:v:1", "attached_pic"]
        try FFmpegTool.run(["-i", try Clips.red.get(), "-i", try Clips.photo.get()] + streams + [cover])
        for (input, name) in [(font, "kept.mkv"), (cover, "kept.mp4"), (cover, "kept.mov")] {
            try program(["-i", input, "-m", Clips.model, "--keep-video", "-o", folder.file(name)])
            try program(["burn", folder.file(name), "-o", folder.file("burned-\(name)")])
        }
    }

    @Test func aVariableRateAndALateStartAreFollowed() throws {
        let late = folder.file("late.mkv")
        try FFmpegTool.run(["-i", try Clips.variableRate.get(), "-c", "copy", "-output_ts_offset", "7.5", late])
        let (direct, burned, _) = try pair(late)
        #expect(try farther(direct, burned) < 1000)
        #expect(try times(direct) == times(burned))
    }

    @Test func anEditListThatLeavesOutTheFirstPicturesIsFollowed() throws {
        let cut = folder.file("cut.mp4")
        try FFmpegTool.run(["-ss", "0.55", "-i", try Clips.red.get(), "-c", "copy", cut])
        let (direct, burned, _) = try pair(cut, kept: "kept.mp4")
        #expect(try farther(direct, burned) < 1000)
        #expect(try times(direct) == times(burned))
    }

    @Test func tenBitsAndTurnedPicturesAreDrawnOnAsInTheRun() throws {
        let ten = try pair(try Clips.tenBit.get())
        #expect(try farther(ten.direct, ten.burned) < 1000)
        let turned = folder.file("turned.mp4")
        try FFmpegTool.run(["-i", try Clips.red.get(), "-c", "copy", "-metadata:s:v:0", "rotate=90", turned])
        for name in ["direct.mkv", "burned.mkv"] { try FileManager.default.removeItem(atPath: folder.file(name)) }
        let upright = try pair(turned, kept: "kept.mp4")
        #expect(try farther(upright.direct, upright.burned) < 1000)
    }

    @Test func soundAndTagsGoAlongAndTheTracksDoNot() throws {
        let titled = folder.file("titled.mp4")
        try FFmpegTool.run(["-i", try Clips.red.get(), "-c", "copy", "-metadata", "title=A square", titled])
        let (direct, burned, kept) = try pair(titled)
        func streams(_ path: String) throws -> String {
            try FFmpegTool.probe(["-show_entries", "stream=codec_name", path])
        }
        #expect(try streams(burned) == streams(direct) && streams(burned).split(separator: "\n") == ["ffv1", "aac"])
        let tags = try FFmpegTool.probe(["-show_entries", "format_tags", burned])
        #expect(tags.contains("A square") && !tags.contains("camstream_kept"), "\(tags)")
        let silent = folder.file("silent.mkv")
        try program(["burn", kept, "--no-copy-streams", "--codec", "ffv1", "-o", silent])
        #expect(try streams(silent).split(separator: "\n") == ["ffv1"])
    }

    @Test func itTellsWhatItDoesAndSumsUp() throws {
        let (_, _, kept) = try pair(try Clips.red.get())
        let run = try Program.run(["burn", kept, "-o", folder.file("out.mp4")])
        #expect(run.standardError.contains("20 frames read, 20 written, 0 corrupt"), "\(run.standardError)")
        #expect(run.standardError.contains("its heat: CAM of "), "\(run.standardError)")
        let quiet = try Program.run(["burn", kept, "--quiet", "--force", "-o", folder.file("out.mp4")])
        #expect(quiet.status == 0 && quiet.standardError.isEmpty, "\(quiet.standardError)")
        try program(["burn", kept, "-o", folder.file("%05d.png")])
        #expect(try folder.contents().count { $0.hasSuffix(".png") } == 20)
    }

    @Test func aFrameWithoutHeatIsDrawnWithoutAndToldOnce() throws {
        let (_, _, kept) = try pair(try Clips.red.get())
        let gap = folder.file("gap.mkv")
        // The heat of frames 4 and 5 is gone.
        let drop = ["-bsf:v:1", "noise=drop='between(n,4,5)'"]
        try FFmpegTool.run(["-i", kept, "-map", "0", "-c", "copy"] + drop + [gap])
        let style = ["--labels", "none", "--codec", "ffv1"]
        let run = try Program.run(["burn", gap, "-o", folder.file("out.mkv")] + style)
        #expect(run.status == 0, "\(run.standardError)")
        let warning = "2 of 20 frames have no heat in the file, and are drawn without"
        #expect(run.standardError.components(separatedBy: warning).count == 2, "\(run.standardError)")
        let (pictures, plain) = (
            try FFmpegTool.rawVideo(folder.file("out.mkv")), try FFmpegTool.rawVideo(try Clips.red.get())
        )
        let size = 160 * 120 * 3 / 2
        let same = (0..<20).filter {
            pictures[$0 * size..<($0 + 1) * size].elementsEqual(plain[$0 * size..<($0 + 1) * size])
        }
        #expect(same == [4, 5])
    }

    @Test func anInterruptedRunLeavesAVideoThatPlays() throws {
        let (_, _, kept) = try pair(try Clips.red.get())
        let long = folder.file("long.mkv")
        try FFmpegTool.run(["-stream_loop", "200", "-i", kept, "-map", "0", "-c", "copy", long])
        let running = try Program.Running(["burn", long, "-o", folder.file("out.mp4"), "--verbose"])
        #expect(running.wait(for: "the first frame is done"))
        running.signal(SIGINT)
        let run = running.finish()
        #expect(run.status == 130, "\(run.standardError)")
        #expect(run.standardError.contains("what was read until then is kept in \(folder.file("out.mp4"))"))
        #expect(!run.standardError.contains("no heat"), "\(run.standardError)")
        let frames = try times(folder.file("out.mp4")).split(separator: "\n").count
        #expect((1..<4000).contains(frames))
    }
}
