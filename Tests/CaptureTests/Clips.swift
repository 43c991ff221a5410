import TestSupport

/// Clips that several tests read, each made once: 64x48 pixels, a few frames.
enum Clips {
    static let folder = made { try TemporaryFolder() }

    /// H.264 with B-frames, 25 frames, 4:2:0.
    static let bFrames = made {
        try clip("b.mp4", ["-c:v", "libx264", "-bf", "3", "-g", "10", "-threads", "1", "-pix_fmt", "yuv420p"])
    }

    /// Lossless 4:2:0 without B-frames, 5 frames, in Matroska.
    static let lossless = made {
        try clip("ffv1.mkv", ["-frames:v", "5", "-c:v", "ffv1", "-pix_fmt", "yuv420p"])
    }

    /// Variable frame rate: a third of the frames left out.
    static let variableRate = made {
        try clip(
            "vfr.mp4",
            ["-vf", "select='mod(n,3)+gt(n,15)'", "-fps_mode", "vfr", "-c:v", "libx264", "-pix_fmt", "yuv420p"])
    }

    /// H.264 and AAC that both start late, as a transport stream does.
    static let transport = made {
        try clip(
            "av.ts", ["-c:v", "libx264", "-bf", "2", "-g", "10", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest"],
            audio: true)
    }

    /// H.264, AAC and subtitles.
    static let withAudio = made {
        let text = try folder.write(
            "1\n00:00:00,200 --> 00:00:00,600\nHello\n\n2\n00:00:00,700 --> 00:00:00,900\nagain\n".utf8, to: "sub.srt")
        let path = folder.file("av.mkv")
        try FFmpegTool.run(
            [
                "-f", "lavfi", "-i", pattern, "-f", "lavfi", "-i", tone, "-i", text, "-map", "1", "-map", "0", "-map",
                "2",
            ]
                + ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-c:s", "copy", "-shortest"]
                + ["-metadata", "title=A test", path])
        return path
    }

    static let audioOnly = made {
        let path = folder.file("tone.m4a")
        try FFmpegTool.run(["-f", "lavfi", "-i", tone, "-c:a", "aac", path])
        return path
    }

    static let pattern = "testsrc2=size=64x48:rate=25:duration=1"
    static let tone = "sine=frequency=440:duration=1"

    /// A clip of the test pattern.
    static func clip(_ name: String, _ options: [String], audio: Bool = false) throws -> String {
        let path = folder.file(name)
        try FFmpegTool.run(
            ["-f", "lavfi", "-i", pattern] + (audio ? ["-f", "lavfi", "-i", tone] : []) + options + [path])
        return path
    }

    /// A test that cannot make its clip cannot say anything.
    private static func made<Value>(_ make: () throws -> Value) -> Value {
        do { return try make() } catch { fatalError("cannot make a test's clip: \(error)") }
    }
}
