import Capture
import Foundation
import Kept
import Pipeline
import TestSupport

/// A small kept recording that `ffmpeg` makes: a video, and beside it heats of which each byte tells the frame that it is of.
struct KeptClip {
    /// Frames of the video before any are left out, at 25 a second, with the heat of each.
    static let frames = 25
    static let grid = #"{"width":8,"height":6,"x":0,"y":0,"step_x":8,"step_y":8}"#

    let folder: TemporaryFolder
    let path: String

    /// - Parameters:
    ///   - inputs: options before the output's own, which the video, its heat and the texts share.
    ///   - video: how the video is coded, and `heat`, how its heat.
    ///   - filter: of the heat alone.
    ///   - facts: changes the line of the tag.
    init(
        _ name: String = "kept.mkv", video: [String] = ["ffv1"], heat: [String] = ["ffv1"], filter: String = "null",
        videoFilter: String = "null", options: [String] = [], facts change: (String) -> String = { $0 }
    ) throws {
        folder = try TemporaryFolder()
        path = folder.file(name)
        let raw = try folder.write((0..<Self.frames).flatMap(Self.heat), to: "heat.gray")
        let records = try folder.write(Self.subtitles { Self.record(ofFrame: $0) }.utf8, to: "records.srt")
        let labels = try folder.write(Self.subtitles { "cat \($0) %" }.utf8, to: "labels.srt")
        let heats = ["-f", "rawvideo", "-pix_fmt", "gray", "-video_size", "8x6", "-framerate", "25", "-i", raw]
        let maps = ["-map", "0", "-map", "1", "-map", "2", "-map", "3", "-fps_mode", "passthrough", "-c:s", "copy"]
        let filters = ["-filter:v:0", videoFilter, "-filter:v:1", filter]
        let codecs = ["-pix_fmt:v:0", "yuv420p", "-c:v:0"] + video + ["-pix_fmt:v:1", "gray", "-c:v:1"] + heat
        let tags = ["-metadata", "title=A test", "-metadata", "CAMSTREAM=\(change(Self.facts))"]
        try FFmpegTool.run(
            ["-f", "lavfi", "-i", Clips.pattern] + heats + ["-i", labels, "-i", records] + maps + filters + codecs
                + tags + options + [path])
    }

    /// Row by row.
    static func heat(ofFrame frame: Int) -> [UInt8] {
        (0..<48).map { UInt8(truncatingIfNeeded: frame * 10 + $0 * 5) }
    }

    static let facts =
        #"{"camstream_kept":{"format":1,"camstream":"0.1.0","model":{"name":"m","sha256":"00"},"width":64,"height":48,"#
        + #""video":0,"labels":2,"records":3,"heat":[{"stream":1,"method":"cam","method_title":"CAM","layers":["l"],"#
        + #""region":[0,0,64,48],"grid":\#(grid)}],"settings":{"overlay.colormap":"jet"}}}"#

    private static func record(ofFrame frame: Int) -> String {
        let seen = #"[3,0.\#(frame + 10)]"#
        let names = frame == 0 ? #","labels":{"3":"cat"}"# : ""
        return #"{"frame":\#(frame),"top":[\#(seen)],"heat":[\#(seen)]\#(names)}"#
    }

    private static func subtitles(_ text: (Int) -> String) -> String {
        func time(_ frame: Int) -> String {
            let milliseconds = "\(1000 + frame * 40 % 1000)".dropFirst()
            return "00:00:0\(frame / 25),\(milliseconds)"
        }
        return (0..<frames).map { "\($0 + 1)\n\(time($0)) --> \(time($0 + 1))\n\(text($0))\n\n" }.joined()
    }
}

extension KeptSource {
    convenience init(_ path: String, interrupt: Interrupt = Interrupt()) throws(CaptureError) {
        var config = CaptureConfig()
        config.input = path
        config.takesAuxiliaryStreams = true
        try self.init(config, interrupt: interrupt)
    }

    /// What a test needs of a picture.
    struct Seen: Equatable {
        let seconds: Double
        /// The frame of the clip that the heat is of; nil: there is none.
        let heatOf: Int?
        let drawn: Prediction?
    }

    /// A heat that is of no frame of the clip, byte by byte, is told as -1.
    func readAll() throws -> [Seen] {
        var all: [Seen] = []
        while let explained = try next() {
            let bytes = explained.observations.first?.heatmap.values.map { UInt8(($0 * 255).rounded()) }
            let frame = bytes.map { bytes in
                (0..<KeptClip.frames).first { KeptClip.heat(ofFrame: $0) == bytes } ?? -1
            }
            all.append(Seen(seconds: explained.frame.seconds, heatOf: frame, drawn: explained.drawn))
        }
        return all
    }
}
