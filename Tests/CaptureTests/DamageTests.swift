import CFFmpeg
import Pipeline
import TestSupport
import Testing

@testable import Capture

@Suite struct DamageTests {
    @Test func aCorruptPacketIsCountedAndDecodingGoesOn() throws {
        // Pictures by themselves: what is damaged in one stays in it.
        _ = try Clips.clip("whole.avi", ["-frames:v", "9", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p"])
        let place = try FFmpegTool.probe(["-show_entries", "packet=pos", Clips.folder.file("whole.avi")])
            .split(whereSeparator: \.isNewline).compactMap { Int($0) }[4]
        var bytes = try Clips.folder.bytes(of: "whole.avi")
        // All of the JPEG's headers.
        for i in 0..<700 { bytes[place + i] = 0 }
        let source = try FileSource(try Clips.folder.write(bytes, to: "corrupt.avi"))
        let pictures = try source.readAll()
        #expect(pictures.map(\.pts) == [0, 1, 2, 3, 5, 6, 7, 8])
        #expect(pictures.map(\.index) == Array(0..<8))
        #expect(source.corruptPackets == 1)
        #expect(!source.endedEarly)
    }

    @Test func damageThatTheDecoderHidesIsCountedToo() throws {
        var bytes = try Clips.folder.bytes(of: transportName())
        // Half of the file's packets, in its middle, lose what they carry; their heads stay.
        let count = bytes.count / 188
        for packet in count / 3..<count / 2 {
            for i in 100..<188 { bytes[packet * 188 + i] = 0x55 }
        }
        let source = try FileSource(try Clips.folder.write(bytes, to: "hidden.ts"))
        let pictures = try source.readAll()
        #expect(source.corruptPackets > 0)
        #expect(pictures.count > 12)
        #expect(pictures.last?.index == pictures.count - 1)
    }

    @Test func lostTransportPacketsAreNotFatal() throws {
        let bytes = try Clips.folder.bytes(of: transportName())
        let third = bytes.count / 188 / 3 * 188
        let source = try FileSource(
            try Clips.folder.write(bytes.prefix(third) + bytes.dropFirst(third + 20 * 188), to: "lost.ts"))
        #expect(try source.readAll().count > 12)
        #expect(source.corruptPackets > 0)
    }

    @Test func aFileThatIsCutOffGivesWhatItHasAndSaysSo() throws {
        let path = try Clips.clip(
            "fast.mp4", ["-c:v", "libx264", "-g", "5", "-pix_fmt", "yuv420p", "-movflags", "+faststart"])
        let bytes = try Clips.folder.bytes(of: "fast.mp4")
        let source = try FileSource(try Clips.folder.write(bytes.prefix(bytes.count * 2 / 3), to: "cut.mp4"))
        let pictures = try source.readAll()
        #expect((5..<25).contains(pictures.count))
        #expect(source.endedEarly)
        let warning = try #require(source.takeWarnings().last)
        guard case .endedEarly(let at, of: 1, _) = warning else {
            Issue.record("\(warning)")
            return
        }
        #expect(at > 0.2 && at < 1)
        let whole = try FileSource(path)
        #expect(try whole.readAll().count == 25)
        #expect(!whole.endedEarly)
    }

    @Test func aWholeMatroskaFileThatBeginsLateIsNoLoss() throws {
        let path = try Clips.clip("late.mkv", ["-c:v", "ffv1", "-output_ts_offset", "5"])
        let source = try FileSource(path)
        #expect(try source.readAll().count == 25)
        #expect(!source.endedEarly && source.takeWarnings().isEmpty)
        #expect(source.duration.map { abs($0 - 1) < 0.1 } == true)
    }

    @Test func aMatroskaFileThatIsCutOffSaysSo() throws {
        _ = try Clips.clip("long.mkv", ["-vf", "setpts=6*PTS", "-r", "5", "-c:v", "ffv1", "-g", "1"])
        let bytes = try Clips.folder.bytes(of: "long.mkv")
        let source = try FileSource(try Clips.folder.write(bytes.prefix(bytes.count / 2), to: "cut.mkv"))
        #expect((3..<25).contains(try source.readAll().count))
        #expect(source.endedEarly)
    }

    @Test func aSizeChangeMidwayIsFittedIntoTheFirstSize() throws {
        try part("small.ts", "color=red:size=64x48:rate=25", frames: 5)
        try part("tall.ts", "color=red:size=96x144:rate=25", frames: 5)
        let both = try Clips.folder.write(
            try Clips.folder.bytes(of: "small.ts") + Clips.folder.bytes(of: "tall.ts"), to: "both.ts")
        let source = try FileSource(both)
        let pictures = try source.readAll()
        #expect(pictures.count == 10)
        let warnings = source.takeWarnings()
        #expect(warnings.contains(.sizeChanged(frame: 5, from: "64x48", to: "96x144")))
        #expect(warnings.count == 2)  // and that the times jump
        let rows = pictures.map { picture in (0..<64).map { picture.planes[0][24 * 64 + $0] } }
        let red = rows[0][32]
        #expect(Set(rows[0]) == [red])
        // 2:3 in a height of 48: 32 wide, in the middle; black is 16.
        let expected =
            [UInt8](repeating: 16, count: 16) + [UInt8](repeating: red, count: 32) + [UInt8](repeating: 16, count: 16)
        #expect(largestDifference(rows[9], expected) <= 1)
        #expect(pictures[9].planes[1][12 * 32] == 128)
        // The second part starts at its own 1.4 s again: the times go on all the same.
        #expect(pictures.map(\.pts) == (0..<10).map { $0 * 3600 })
    }

    @Test func aPixelFormatChangeMidwayIsConverted() throws {
        let first = try SamplePicture.noise(AV_PIX_FMT_YUV420P, width: 32, height: 32)
        let normaliser = try FormatNormaliser(first: first, SourceFacts())
        _ = try normaliser.normalise(first)
        let second = try SamplePicture.noise(AV_PIX_FMT_YUV420P10LE, width: 32, height: 32, index: 1)
        let before = try SamplePicture.components(of: second)
        let normalised = try normaliser.normalise(second)
        #expect(normalised.pixelFormat == AV_PIX_FMT_YUV420P)
        let after = try SamplePicture.components(of: normalised)
        let worst = zip(before[0], after[0]).map { abs(Int($0) - 4 * Int($1)) }.max() ?? .max
        #expect(worst <= 4)
        #expect(normaliser.warnings == [])
    }

    @Test func aRangeChangeMidwayIsConverted() throws {
        var facts = SourceFacts()
        facts.colour.matrix = AVCOL_SPC_BT709
        let first = try flat(luma: 235, AVCOL_RANGE_MPEG)
        let normaliser = try FormatNormaliser(first: first, facts)
        let white = try SamplePicture.components(of: normaliser.normalise(first))
        let second = try SamplePicture.components(of: normaliser.normalise(try flat(luma: 255, AVCOL_RANGE_JPEG)))
        #expect(white[0] == second[0])
        let third = try SamplePicture.components(of: normaliser.normalise(try flat(luma: 0, AVCOL_RANGE_JPEG)))
        #expect(Set(third[0]) == [16])
    }

    @Test func anAspectRatioChangeMidwayIsLetterboxed() throws {
        let first = try flat(luma: 200, AVCOL_RANGE_MPEG)
        let normaliser = try FormatNormaliser(first: first, SourceFacts())
        _ = try normaliser.normalise(first)
        let wide = try flat(luma: 200, AVCOL_RANGE_MPEG)
        wide.av.pointee.sample_aspect_ratio = AVRational(num: 2, den: 1)
        let luma = try SamplePicture.components(of: normaliser.normalise(wide))[0]
        let column = (0..<32).map { luma[$0 * 32] }
        #expect(column.prefix(8).allSatisfy { $0 == 16 })
        #expect(column[8..<24].allSatisfy { $0 == 200 })
        #expect(column.suffix(8).allSatisfy { $0 == 16 })
        #expect(normaliser.warnings == [.sizeChanged(frame: 0, from: "32x32", to: "32x32 with pixels of 2:1")])
    }

    @Test func aLetterboxKeepsToWholeChromaSamples() throws {
        let frame = VideoFormat(
            width: 641, height: 361, pixelFormat: AV_PIX_FMT_YUV420P, colour: ColourTags(),
            timeBase: AVRational(num: 1, den: 25))
        let layout = try #require(PixelLayout(frame.pixelFormat))
        let square = AVRational(num: 1, den: 1)
        let box = Letterbox(width: 100, height: 100, sampleAspectRatio: square, in: frame, layout)
        #expect(box.height == 361 && box.width == 362 && box.x == 138 && box.y == 0)
        let same = Letterbox(width: 1282, height: 722, sampleAspectRatio: square, in: frame, layout)
        #expect(same.covers(frame))
        let line = Letterbox(width: 30_000, height: 1, sampleAspectRatio: square, in: frame, layout)
        #expect(line.height == 2 && line.width == 641 && line.y == 178)
    }

    /// One value everywhere, grey.
    private func flat(luma: UInt8, _ range: AVColorRange) throws -> Frame {
        let frame = try SamplePicture.empty(AV_PIX_FMT_YUV420P, width: 32, height: 32)
        for plane in Int32(0)..<3 {
            let count = Int(shim_bytes_per_row(frame.av, plane)) * (plane == 0 ? 32 : 16)
            shim_plane(frame.av, plane).update(repeating: plane == 0 ? luma : 128, count: count)
        }
        frame.av.pointee.color_range = range
        return frame
    }

    private func part(_ name: String, _ picture: String, frames: Int) throws {
        try FFmpegTool.run(
            ["-f", "lavfi", "-i", picture, "-frames:v", "\(frames)", "-c:v", "libx264", "-bf", "0", "-qp", "1"]
                + ["-pix_fmt", "yuv420p", Clips.folder.file(name)])
    }

    private func transportName() -> String {
        _ = Clips.transport
        return "av.ts"
    }
}
