import Foundation
import Glibc
import Kept
import Pipeline
import TestSupport
import Testing

/// `--keep-video` with the built program: what of the input is in the result, and what stands beside it.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct KeepVideoTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func keep(_ input: String, _ name: String, _ more: [String] = []) throws -> String {
        let path = folder.file(name)
        let run = try Program.run(["-i", input, "-m", Clips.model, "--keep-video", "-o", path] + more)
        #expect(run.status == 0, "\(run.standardError)")
        return path
    }

    /// Of a stream's packets: times in seconds, and checksums.
    private func packets(_ path: String, _ stream: String) throws -> [String] {
        try FFmpegTool.probe(
            ["-show_data_hash", "md5", "-show_entries", "packet=pts_time,data_hash", "-select_streams", stream, path],
            format: "csv=p=0"
        ).split(separator: "\n").map { String($0.drop { $0 == "," }) }
    }

    /// Checksums alone.
    private func contents(_ path: String, _ stream: String) throws -> [Substring] {
        try FFmpegTool.probe(
            ["-show_data_hash", "md5", "-show_entries", "packet=data_hash", "-select_streams", stream, path],
            format: "csv=p=0"
        ).split(whereSeparator: { $0 == "\n" || $0 == "," }).filter { $0.hasPrefix("MD5:") }
    }

    private func streams(_ path: String, _ entries: String) throws -> [String] {
        try FFmpegTool.probe(["-show_entries", "stream=\(entries)", path], format: "csv=p=0")
            .split(separator: "\n").map(String.init)
    }

    private func facts(_ path: String) throws -> KeptFacts {
        let tags = try FFmpegTool.probe(
            ["-show_entries", "format_tags", path], format: "default=noprint_wrappers=1:nokey=1")
        return try #require(tags.split(separator: "\n").lazy.compactMap { KeptFacts(line: String($0)) }.first)
    }

    private func records(_ path: String, _ facts: KeptFacts) throws -> [KeptRecord] {
        let text = try FFmpegTool.output(
            ["ffmpeg", "-nostdin", "-loglevel", "error", "-i", path, "-map", "0:\(facts.records)", "-f", "srt", "-"])
        return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { KeptRecord(line: String($0)) }
    }

    @Test(arguments: ["mkv", "mp4", "mov"]) func theInputsPacketsAreCopiedBitForBit(_ ending: String) throws {
        let input = try Clips.red.get()
        let path = try keep(input, "kept.\(ending)")
        #expect(try packets(path, "v:0") == packets(input, "v:0"))
        #expect(try packets(path, "v:0").count == 20)
        #expect(try contents(path, "a:0") == contents(input, "a:0"))
        #expect(
            try streams(path, "codec_name") == ["h264", "aac", ending == "mkv" ? "ffv1" : "h264"]
                + Array(repeating: ending == "mkv" ? "subrip" : "mov_text", count: 2))
        #expect(try FFmpegTool.rawVideo(path, options: ["-map", "0:v:0"]) == FFmpegTool.rawVideo(input))
    }

    @Test(arguments: ["mkv", "mp4"]) func eachFrameHasItsHeatAndItsRecordAtItsOwnTime(_ ending: String) throws {
        let path = try keep(try Clips.red.get(), "kept.\(ending)", ["--sidecar", folder.file("seen.jsonl")])
        let facts = try facts(path)
        let heat = try #require(facts.heat.first)
        let frames = ["-show_entries", "frame=pts_time", "-select_streams"]
        #expect(
            try FFmpegTool.probe(frames + ["\(heat.stream)", path])
                == FFmpegTool.probe(frames + ["\(facts.video)", path]))
        #expect(facts.width == 160 && facts.height == 120 && facts.model.sha256.count == 64)
        #expect(facts.model.name == "colours" || !facts.model.name.isEmpty)
        #expect(facts.settings["overlay.colormap"] == .text("turbo"))
        let records = try records(path, facts)
        try #require(records.map(\.frame) == Array(0..<20))
        #expect(records[0].labels?.isEmpty == false && records.allSatisfy { !$0.top.isEmpty && $0.heat.count == 1 })
        // The sidecar begins with the same facts.
        let lines = try String(contentsOfFile: folder.file("seen.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 21 && KeptFacts(line: String(lines[0])) == facts)
        // The hottest place is on the red square.
        let (width, height) = (heat.grid.width, heat.grid.height)
        let grey = try FFmpegTool.rawVideo(path, pixelFormat: "gray", options: ["-map", "0:\(heat.stream)"])
        try #require(grey.count == 20 * width * height)
        for frame in [0, 10, 19] {
            let picture = grey[frame * width * height..<(frame + 1) * width * height]
            let hottest = try #require(picture.indices.max { picture[$0] < picture[$1] }) - picture.startIndex
            let x = heat.grid.x + (Double(hottest % width) + 0.5) * heat.grid.stepX
            #expect(abs(x - Double(Clips.centre(ofFrame: frame).x)) < 30, "frame \(frame)")
        }
    }

    @Test func aTrackAClassIsWrittenWhereALayoutDrawsSeveral() throws {
        let path = try keep(try Clips.red.get(), "kept.mkv", ["--layout", "grid"])
        let facts = try facts(path)
        #expect(facts.heat.count > 1 && facts.heat.count <= 5)
        let records = try records(path, facts)
        #expect(records.allSatisfy { $0.heat.count == facts.heat.count })
        #expect(Set(records[0].heat.map(\.id)).count == facts.heat.count)
    }

    @Test func eachMethodOfAComparisonHasATrackThatTellsItsOwnLayers() throws {
        let path = try keep(try Clips.red.get(), "kept.mkv", ["--layout", "compare", "--methods", "cam,saliency"])
        let heat = try facts(path).heat
        #expect(heat.map(\.method) == ["cam", "saliency"])
        // A saliency map is of the picture itself.
        #expect(heat.map(\.layers.isEmpty) == [false, true])
    }

    @Test func playersShowTheVideoAndNothingElseUnasked() throws {
        let path = try keep(try Clips.red.get(), "kept.mkv")
        let defaults = try FFmpegTool.probe(["-show_entries", "stream_disposition=default", path])
        #expect(defaults.split(separator: "\n") == ["1", "1", "0", "0", "0"])
        let titles = try FFmpegTool.probe(["-show_entries", "stream_tags=title", path], format: "csv=p=0")
        #expect(titles.contains("camstream: heat (CAM)") && titles.contains("camstream: records (JSON)"), "\(titles)")
    }

    @Test func aLabelIsWrittenOnceForAsLongAsItSaysTheSame() throws {
        let path = try keep(try Clips.red.get(), "kept.mkv", ["--class", "red"])
        let facts = try facts(path)
        let labels = try packets(path, "\(facts.labels)")
        #expect(!labels.isEmpty && labels.count < 20)
        let text = try FFmpegTool.output(
            ["ffmpeg", "-nostdin", "-loglevel", "error", "-i", path, "-map", "0:\(facts.labels)", "-f", "srt", "-"])
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("red ") && $0.hasSuffix(" %") }, "\(lines.prefix(6))")
    }

    @Test func aVariableRateAndALateStartAreKept() throws {
        let late = folder.file("late.mkv")
        try FFmpegTool.run(["-i", try Clips.variableRate.get(), "-c", "copy", "-output_ts_offset", "7.5", late])
        let path = try keep(late, "kept.mkv")
        #expect(try packets(path, "v:0") == packets(late, "v:0"))
        let facts = try facts(path)
        let frames = ["-show_entries", "frame=pts_time", "-select_streams"]
        let times = try FFmpegTool.probe(frames + ["\(facts.video)", path])
        #expect(try FFmpegTool.probe(frames + ["\(facts.heat[0].stream)", path]) == times)
        #expect(times.split(separator: "\n").first.map { Double($0)! >= 7.5 } == true)
    }

    @Test func theTurnOfARotatedVideoStays() throws {
        let turned = folder.file("turned.mp4")
        try FFmpegTool.run(["-i", try Clips.red.get(), "-c", "copy", "-metadata:s:v:0", "rotate=90", turned])
        let path = try keep(turned, "kept.mp4")
        let rotation = ["-select_streams", "v:0", "-show_entries", "stream_side_data=rotation"]
        let wanted = try FFmpegTool.probe(rotation + [turned])
        #expect(!wanted.isEmpty)
        #expect(try FFmpegTool.probe(rotation + [path]) == wanted)
        // The heat is upright already.
        let facts = try facts(path)
        #expect(facts.width == 120 && facts.height == 160 && facts.heat[0].region == [0, 0, 120, 160])
    }

    @Test func aFileThatIsPlayedAsACameraIsCopiedTooAndTheSidecarStandsBesideIt() throws {
        let (clip, sidecar) = (try Clips.red.get(), folder.file("seen.jsonl"))
        let path = try keep(clip, "kept.mkv", ["--live", "--sidecar", sidecar])
        #expect(try contents(path, "v") == contents(clip, "v:0"))
        #expect(try streams(path, "codec_type") == ["video"])
        #expect(try String(contentsOfFile: sidecar, encoding: .utf8).split(separator: "\n").count > 1)
    }

    @Test func aCoverThatQuickTimeCannotHoldIsTold() throws {
        let cover = folder.file("cover.mp4")
        let streams = ["-map", "0", "-map", "1", "-c", "copy", "-c:v:1", "mjpeg", "-disposition:v:1", "attached_pic"]
        try FFmpegTool.run(["-i", try Clips.red.get(), "-i", try Clips.photo.get()] + streams + [cover])
        let run = try Program.run(["-i", cover, "-m", Clips.model, "--keep-video", "-o", folder.file("kept.mov")])
        let told = "video stream 1 (mjpeg) is left out: .mov cannot hold it; write .mkv or .mp4 to keep it"
        #expect(run.status == 0 && run.standardError.contains(told), "\(run.standardError)")
    }

    @Test func tenBitsStayTenBits() throws {
        let path = try keep(try Clips.tenBit.get(), "kept.mkv")
        #expect(try streams(path, "pix_fmt").first == "yuv420p10le")
        #expect(try packets(path, "v:0") == packets(Clips.tenBit.get(), "v:0"))
    }

    @Test func anInterruptedRunLeavesAFileThatPlays() throws {
        let running = try Program.Running([
            "-i", try Clips.long.get(), "-m", Clips.model, "--keep-video", "-o", folder.file("kept.mkv"), "--sidecar",
            folder.file("seen.jsonl"), "--verbose",
        ])
        waitUntil {
            let names = (try? folder.contents()) ?? []
            let sizes = names.filter { $0.contains("seen") }.map {
                (try? Data(contentsOf: URL(filePath: folder.file($0))).count) ?? 0
            }
            return sizes.contains { $0 > 0 } || !running.isRunning
        }
        running.signal(SIGINT)
        let run = running.finish()
        #expect(run.status == 130, "\(run.standardError)")
        #expect(try folder.contents().sorted() == ["kept.mkv", "seen.jsonl"])
        let path = folder.file("kept.mkv")
        let facts = try facts(path)
        let heats = try packets(path, "\(facts.heat[0].stream)").count
        #expect(try heats > 0 && heats == records(path, facts).count)
        #expect(try packets(path, "v:0").count >= heats)
    }

    @Test(arguments: [
        Refusal(name: "no output", arguments: ["-i", "RED"], status: 64, message: "name an output with --out"),
        Refusal(
            name: "a container that holds no tracks of heat", arguments: ["-i", "RED", "-o", "DIR/x.webm"], status: 64,
            message: "cannot keep the video in DIR/x.webm: write .mkv, .mp4 or .mov"),
        Refusal(
            name: "an encoder's setting", arguments: ["-i", "RED", "-o", "DIR/x.mkv", "--crf", "20"], status: 64,
            message: "--crf is for a video that is encoded"),
        Refusal(
            name: "a drawn scene", arguments: ["-i", "demo:", "-o", "DIR/x.mkv"], status: 64,
            message: "the input is no recorded video"),
        Refusal(
            name: "a photograph", arguments: ["-i", "PHOTO", "-o", "DIR/x.mkv"], status: 64,
            message: "the input is no recorded video"),
        Refusal(
            name: "a drawn scene that is played as a camera", arguments: ["-i", "demo:", "-o", "DIR/x.mkv", "--live"],
            status: 64,
            message: "the input sends raw frames"),
        Refusal(
            name: "a codec that the container cannot hold", arguments: ["-i", "ODD", "-o", "DIR/x.mp4"], status: 64,
            message: "cannot hold the ffv1 of the input as it is: write .mkv"),
        Refusal(
            name: "a turn in Matroska", arguments: ["-i", "TURNED", "-o", "DIR/x.mkv"], status: 64,
            message: ".mkv cannot hold the rotation of the input as it is: write .mp4 or .mov"),
        Refusal(
            name: "a codec that QuickTime lists and refuses", arguments: ["-i", "VP9", "-o", "DIR/x.mov"], status: 64,
            message: ".mov cannot hold the vp9 of the input as it is: write .mkv or .mp4"),
        Refusal(
            name: "a codec that Matroska lists and refuses", arguments: ["-i", "APNG", "-o", "DIR/x.mkv"], status: 64,
            message: ".mkv cannot hold the apng of the input as it is: leave --keep-video away"),
        Refusal(
            name: "a stream without times", arguments: ["-i", "RAW", "-o", "DIR/x.mkv"], status: 64,
            message: "the input's frames have no time stamps that a copy could keep"),
    ]) func whatCannotBeKeptIsSaidInALine(_ refusal: Refusal) throws {
        let made: [String: (name: String, options: [String])] = [
            "RAW": ("raw.h264", ["-c:v", "copy", "-bsf:v", "h264_mp4toannexb"]),
            "TURNED": ("turned.mp4", ["-c", "copy", "-metadata:s:v:0", "rotate=90"]),
            "VP9": ("vp9.mkv", ["-c:v", "libvpx-vp9", "-deadline", "realtime"]), "APNG": ("moving.apng", []),
        ]
        var places = ["RED": try Clips.red.get(), "PHOTO": try Clips.photo.get(), "ODD": try Clips.odd.get()]
        for (place, (name, options)) in made where refusal.arguments.contains(place) {
            places[place] = folder.file(name)
            try FFmpegTool.run(["-i", try Clips.red.get()] + options + ["-an", folder.file(name)])
        }
        let names = made.values.map { $0.name }
        let arguments = refusal.arguments.map { argument in
            places[argument] ?? argument.replacingOccurrences(of: "DIR", with: folder.file("").trimmed)
        }
        let run = try Program.run(arguments + ["-m", Clips.model, "--keep-video"])
        #expect(run.status == refusal.status, "\(run.standardError)")
        let message = refusal.message.replacingOccurrences(of: "DIR", with: folder.file("").trimmed)
        #expect(run.standardError.contains(message), "\(run.standardError)")
        #expect(try folder.contents().filter { !names.contains($0) } == [])
    }
}

extension String {
    /// Without the slash at the end.
    fileprivate var trimmed: String { hasSuffix("/") ? String(dropLast()) : self }
}
