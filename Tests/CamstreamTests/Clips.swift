import Foundation
import TestSupport

/// Clips and models that the whole program is run on.
enum Clips {
    static let model = checkout.appendingPathComponent("models/colours/colours.yaml").path
    static let folder = Result { try TemporaryFolder() }

    /// A red square that goes right, over grey: 20 frames, 160x120, 10 fps, with a tone.
    static let red = made("red.mp4", ["-t", "2", "-c:v", "libx264", "-bf", "2", "-c:a", "aac"], audio: true)
    /// The same as a transport stream, which can be read from a pipe.
    static let transport = made("red.ts", ["-t", "2", "-c:v", "libx264", "-bf", "0"], audio: false)
    /// Frames 0, 1, 2, 5, 6, 11 ...: a variable rate.
    static let variableRate = made(
        "variable.mkv",
        [
            "-t", "3", "-vf", "select='not(mod(n,5))+not(mod(n,3))+lt(n,3)'", "-fps_mode", "passthrough", "-c:v",
            "libx264",
        ],
        audio: false)
    static let odd = made("odd.mkv", ["-t", "0.5", "-vf", "scale=641:361", "-c:v", "ffv1"], audio: false)
    static let tenBit = made(
        "ten.mkv", ["-t", "0.5", "-pix_fmt", "yuv420p10le", "-c:v", "ffv1"], audio: false)
    /// Long enough to be interrupted: 5000 frames.
    static let long = made("long.mp4", ["-t", "500", "-c:v", "libx264"], audio: false)
    static let photo = made("photo.png", ["-frames:v", "1"], audio: false)

    /// Centre of the square in frame n, in pixels.
    static func centre(ofFrame frame: Int) -> (x: Int, y: Int) { (20 + 5 * frame + 20, 60) }

    private static func made(_ name: String, _ options: [String], audio: Bool) -> Result<String, any Error> {
        Result {
            let path = try folder.get().file(name)
            let square =
                "color=0x808080:s=160x120:r=10[g];color=0xe01818:s=40x40:r=10[r];[g][r]overlay=x='20+5*n':y=40[v]"
            let sound = audio ? ["-f", "lavfi", "-i", "sine=frequency=440:duration=2"] : []
            try FFmpegTool.run(
                sound + ["-f", "lavfi", "-i", "\(square);[v]null"] + (audio ? ["-shortest"] : [])
                    + ["-preset", "ultrafast"].filter { _ in options.contains("libx264") }
                    + (options.contains("-pix_fmt") || name.hasSuffix("png") ? [] : ["-pix_fmt", "yuv420p"])
                    + options + [path])
            return path
        }
    }
}
