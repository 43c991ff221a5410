import Foundation
import TestSupport

/// A clip for the detector of squares, 128x64, 20 frames at 10 fps: red at the top in the frames 0...9, blue at the lower left in
/// 5...14, nothing in the last five.
struct SquareClip {
    let folder: TemporaryFolder
    let path: String
    let model: String

    init() throws {
        folder = try TemporaryFolder()
        (path, model) = (folder.file("squares.mkv"), try SquareDetector.write(to: folder))
        func square(_ colour: String, _ x: Int, _ y: Int, _ frames: String) -> String {
            "drawbox=x=\(x):y=\(y):w=32:h=32:color=\(colour):t=fill:enable='between(n,\(frames))'"
        }
        try FFmpegTool.run([
            "-f", "lavfi", "-i", "color=0x808080:s=128x64:r=10", "-vf",
            "format=gbrp,\(square("red", 64, 0, "0,9")),\(square("blue", 0, 32, "5,14")),format=yuv444p", "-t", "2",
            "-c:v", "ffv1", path,
        ])
    }

    /// Runs the program on it.
    ///
    /// - Returns: what it said.
    @discardableResult
    func run(_ options: [String]) throws -> String {
        let run = try Program.run(["-i", path, "-m", model] + options)
        guard run.status == 0 else { throw Failure(text: run.standardError) }
        return run.standardError
    }

    struct Failure: Error { let text: String }
}
