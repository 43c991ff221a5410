import Foundation
import TestSupport
import Testing

/// The whole program on clips with a red square on grey: decode the output again, and compare.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct EndToEndTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func camstream(_ input: String, _ output: String, _ options: [String] = []) throws -> Program {
        try Program.run(["-i", input, "-m", Clips.model, "-o", folder.file(output)] + options)
    }

    /// Presentation times in seconds, one a frame.
    private func times(_ path: String) throws -> [Double] {
        try FFmpegTool.probe(["-select_streams", "v", "-show_entries", "frame=best_effort_timestamp_time", path])
            .split(separator: "\n").compactMap { Double($0) }
    }

    private func value(_ entry: String, _ path: String, stream: String = "v:0") throws -> String {
        try FFmpegTool.probe(["-select_streams", stream, "-show_entries", "stream=\(entry)", path])
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private struct Line: Decodable {
        struct Class: Decodable {
            let id: Int
            let label: String
        }
        let frame: Int
        let time: Double
        let method: String
        let `class`: Class
        let peak: [Int]
        let box: [Int]
        let hot: Double
    }

    private func lines(_ path: String) throws -> [Line] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
    }

    @Test func everyFrameComesOutAtItsTimeWithItsHeatOnTheObject() throws {
        let input = try Clips.red.get()
        let run = try camstream(input, "out.mp4", ["--sidecar", folder.file("out.jsonl"), "--smoothing", "0"])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try times(folder.file("out.mp4")) == times(input))
        let lines = try lines(folder.file("out.jsonl"))
        #expect(lines.map(\.frame) == Array(0..<20))
        for line in lines {
            let centre = Clips.centre(ofFrame: line.frame)
            #expect(line.class.label == "red" && line.method == "cam")
            #expect(abs(line.time - Double(line.frame) / 10) < 1e-9)
            #expect(abs(line.peak[0] - centre.x) <= 20 && abs(line.peak[1] - centre.y) <= 20, "\(line)")
            #expect(line.box[0] < centre.x && centre.x < line.box[2] && line.hot < 0.3)
        }
        // Nothing but the two results is left behind.
        #expect(try folder.contents() == ["out.jsonl", "out.mp4"])
    }

    @Test func theHeatIsOnTheObjectInThePictureTooAndTheRestIsUntouched() throws {
        let input = try Clips.red.get()
        let options = ["--codec", "ffv1", "--labels", "none", "--no-color-bar", "--smoothing", "0"]
        let run = try camstream(input, "out.mkv", options)
        #expect(run.status == 0, "\(run.standardError)")
        let before = try FFmpegTool.rawVideo(input)
        let after = try FFmpegTool.rawVideo(folder.file("out.mkv"))
        let frameSize = 160 * 120 * 3 / 2
        try #require(before.count == 20 * frameSize && after.count == before.count)
        for frame in 0..<20 {
            let centre = Clips.centre(ofFrame: frame)
            func changed(_ x: Int, _ y: Int) -> Bool {
                let place = frame * frameSize + y * 160 + x
                return before[place] != after[place]
            }
            #expect(changed(centre.x, centre.y))
            // Bit-exact where the map is cold.
            #expect(!changed(centre.x < 80 ? 158 : 2, 2) && !changed(centre.x < 80 ? 158 : 2, 117))
        }
    }

    @Test func variableFrameRateStaysVariable() throws {
        let input = try Clips.variableRate.get()
        let run = try camstream(input, "out.mkv")
        #expect(run.status == 0, "\(run.standardError)")
        let times = try times(input)
        #expect(Set(zip(times.dropFirst(), times).map { (($0 - $1) * 1000).rounded() }).count > 1)
        #expect(try self.times(folder.file("out.mkv")) == times)
    }

    @Test func audioIsCopiedPacketByPacket() throws {
        let input = try Clips.red.get()
        let run = try camstream(input, "out.mp4")
        #expect(run.status == 0, "\(run.standardError)")
        func packets(_ path: String) throws -> [UInt8] {
            try FFmpegTool.output(["ffmpeg", "-v", "error", "-i", path, "-map", "0:a", "-c", "copy", "-f", "adts", "-"])
        }
        #expect(try packets(folder.file("out.mp4")) == packets(input))
        #expect(try value("codec_name", folder.file("out.mp4"), stream: "a:0") == "aac")
    }

    @Test func oddSizesArePaddedAndTheLogSaysSo() throws {
        let run = try camstream(try Clips.odd.get(), "out.mp4")
        #expect(run.status == 0, "\(run.standardError)")
        #expect(
            run.standardError.contains(
                "libx264 takes no odd sizes: the picture's edge is repeated, from 641x361 to 642x362"))
        #expect(try value("width,height", folder.file("out.mp4")) == "642\n362")
    }

    @Test func tenBitsStayTenBits() throws {
        let run = try camstream(try Clips.tenBit.get(), "out.mkv")
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try value("pix_fmt", folder.file("out.mkv")) == "yuv420p10le")
    }

    @Test(arguments: [
        ("overlay", "160\n120"), ("side-by-side", "320\n120"), ("triple", "480\n120"), ("grid", "240\n120"),
    ])
    func layoutsHaveTheirSizes(layout: String, size: String) throws {
        let run = try camstream(try Clips.red.get(), "out.mp4", ["--layout", layout])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try value("width,height", folder.file("out.mp4")) == size)
    }

    @Test func aStillGivesAStill() throws {
        let run = try camstream(try Clips.photo.get(), "heat.png", ["--colormap", "jet"])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try value("codec_name,width,height", folder.file("heat.png")) == "png\n160\n120")
    }

    @Test func aClipGivesASequenceAndASequenceAClip() throws {
        #expect(try camstream(try Clips.red.get(), "f%03d.png").status == 0)
        #expect(try folder.contents().count == 20)
        let run = try camstream(folder.file("f%03d.png"), "again.webm")
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try times(folder.file("again.webm")).count == 20)
    }

    @Test func standardInputIsRead() throws {
        let pipe = Pipe()
        let output = folder.file("out.mp4")
        let running = try Program.Running(["-i", "-", "-m", Clips.model, "-o", output], input: pipe)
        try pipe.fileHandleForReading.close()
        try pipe.fileHandleForWriting.write(
            contentsOf: Data(contentsOf: URL(fileURLWithPath: try Clips.transport.get())))
        try pipe.fileHandleForWriting.close()
        let run = running.finish()
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try times(output).count == 20)
    }

    @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func anInterruptedRunKeepsWhatItHas(signal: Int32, status: Int32) throws {
        let (output, sidecar) = (folder.file("out.mp4"), folder.file("out.jsonl"))
        let running = try Program.Running([
            "-i", try Clips.long.get(), "-m", Clips.model, "-o", output, "--sidecar", sidecar, "--maps",
            folder.file("out.npz"), "--verbose",
        ])
        #expect(running.wait(for: "the first frame is done"))
        running.signal(signal)
        let run = running.finish()
        #expect(run.status == status, "\(run.standardError)")
        let frames = try times(output).count
        #expect(frames > 0 && frames < 5000)
        #expect(try lines(sidecar).count == frames)
        #expect(try NPZFile(path: folder.file("out.npz")).shape("times") == [frames])
        #expect(try folder.contents() == ["out.jsonl", "out.mp4", "out.npz"])
    }

    @Test func anInterruptBeforeTheFirstFrameWritesNothing() throws {
        let silent = Pipe()
        let running = try Program.Running(
            ["-i", "-", "-m", Clips.model, "-o", folder.file("out.mp4"), "--verbose"], input: silent)
        #expect(running.wait(for: "opening the input"))
        running.signal(SIGINT)
        let run = running.finish()
        try silent.fileHandleForWriting.close()
        #expect(run.status == 130, "\(run.standardError)")
        #expect(!run.standardError.contains("error:"))
        #expect(try folder.contents().isEmpty)
    }

    @Test func aRotatedVideoComesOutUprightWithItsHeatOnTheObject() throws {
        let input = folder.file("turned.mp4")
        try FFmpegTool.run(["-i", try Clips.red.get(), "-c", "copy", "-metadata:s:v", "rotate=90", input])
        let run = try camstream(input, "out.mp4", ["--sidecar", folder.file("out.jsonl"), "--smoothing", "0"])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try value("width,height", folder.file("out.mp4")) == "120\n160")
        // The centre's red, as ffmpeg turns it, must be where the peak is.
        let upright = try FFmpegTool.rawVideo(input, pixelFormat: "rgb24")
        for line in try lines(folder.file("out.jsonl")) {
            let place = ((line.frame * 160 + line.peak[1]) * 120 + line.peak[0]) * 3
            #expect(upright[place] > 180 && upright[place + 1] < 80, "\(line)")
        }
    }

    @Test func theLogIsSilentWhenItIsToldSo() throws {
        let run = try camstream(try Clips.red.get(), "out.mp4", ["-q", "--preset", "ultrafast", "--crf", "30"])
        #expect(run.status == 0)
        // The engine's own libraries may complain of a container without /sys.
        let lines = run.standardError.split(separator: "\n").filter { !$0.hasPrefix("hwloc") }
        #expect(lines.isEmpty, "\(run.standardError)")
    }

    @Test func theSameRunGivesTheSameSidecar() throws {
        for name in ["a", "b"] {
            let options = ["--sidecar", folder.file("\(name).jsonl")]
            #expect(try camstream(try Clips.red.get(), "\(name).mp4", options).status == 0)
        }
        #expect(try folder.bytes(of: "a.jsonl") == folder.bytes(of: "b.jsonl"))
    }
}
