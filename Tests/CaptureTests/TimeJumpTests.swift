import Capture
import Pipeline
import TestSupport
import Testing

/// Files whose own time stamps jump: spliced ones, and those of a recorder that started again.
@Suite struct TimeJumpTests {
    @Test(arguments: ["0", "2"])
    func aSpliceAheadGoesOnWithoutAGapAndIsTold(bFrames: String) throws {
        try expectOneJump(in: splice([0, 80], bFrames), by: 79)
    }

    @Test(arguments: ["0", "2"])
    func aSpliceBackGoesOnWithoutAGapAndIsTold(bFrames: String) throws {
        // Not by a whole turn of the format's counter less that, as libavformat has it.
        try expectOneJump(in: splice([80, 0], bFrames), by: -81)
    }

    @Test func aMatroskaFileWhoseTimesStartAgainGoesOn() throws {
        let options = ["-c:v", "ffv1", "-g", "1", "-pix_fmt", "yuv420p", "-cluster_time_limit", "200"]
        _ = try Clips.clip("twice.mkv", ["-vf", "setpts=PTS*4", "-r", "6.25"] + options)
        let bytes = try Clips.folder.bytes(of: "twice.mkv")
        let cluster: [UInt8] = [0x1f, 0x43, 0xb6, 0x75]
        let places = (0..<bytes.count - 4).filter { Array(bytes[$0..<$0 + 4]) == cluster }
        let first = try #require(places.first)
        // The clusters once more, before what follows them. The segment's length stays that of the first ones.
        let source = try FileSource(try Clips.folder.write(bytes + bytes[first...], to: "again.mkv"))
        let (seconds, parts) = try read(source)
        #expect(seconds.count > 30 && parts.last == 1)
        for (now, next) in zip(seconds, seconds.dropFirst()) { #expect(abs(next - now - 0.16) < 0.011) }
        #expect(source.takeWarnings().contains { if case .timesJump(_, let by) = $0 { by < -3 } else { false } })
    }

    @Test func theWarningSaysWhereAndHowFar() {
        #expect(
            "\(CaptureWarning.timesJump(at: 2, by: -78.04))"
                == "the input's time stamps jump back by 78.0 s, at 2.0 s: "
                + "the output goes on without a gap, and maps and labels start afresh there")
        #expect("\(CaptureWarning.timesJump(at: 2, by: 78))".contains("jump ahead by 78.0 s, at 2.0 s"))
    }

    /// Seconds of H.264 one after the other, whose own times begin at these seconds.
    private func splice(_ offsets: [Int], _ bFrames: String) throws -> FileSource {
        let name = "splice\(offsets[0])-\(bFrames).ts"
        let bytes = try offsets.flatMap { try part("\($0)-\(name)", offset: $0, bFrames) }
        return try FileSource(try Clips.folder.write(bytes, to: name))
    }

    /// One second of H.264, as bytes.
    private func part(_ name: String, offset: Int, _ bFrames: String) throws -> [UInt8] {
        _ = try Clips.clip(
            name,
            ["-c:v", "libx264", "-bf", bFrames, "-g", "25", "-pix_fmt", "yuv420p", "-output_ts_offset", "\(offset)"])
        return try Clips.folder.bytes(of: name)
    }

    private func read(_ source: FileSource) throws -> (seconds: [Double], parts: [Int]) {
        var (seconds, parts): ([Double], [Int]) = ([], [])
        while let frame = try source.next() {
            seconds.append(frame.seconds)
            parts.append(frame.part)
        }
        return (seconds, parts)
    }

    /// Two seconds of pictures without a gap, where the first one after a second begins a part of its own.
    private func expectOneJump(in source: FileSource, by distance: Double) throws {
        let (seconds, parts) = try read(source)
        #expect(seconds.count == 50)
        for (now, next) in zip(seconds, seconds.dropFirst()) { #expect(abs(next - now - 0.04) < 0.001) }
        #expect(parts == Array(repeating: 0, count: 25) + Array(repeating: 1, count: 25))
        #expect(!source.endedEarly)
        let warnings = source.takeWarnings()
        guard warnings.count == 1, case .timesJump(let at, let by) = warnings[0] else {
            Issue.record("\(warnings)")
            return
        }
        #expect(abs(at - 1) < 0.13 && abs(by - distance) < 0.1)
    }
}
