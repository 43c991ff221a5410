import Foundation
import TestSupport

/// A clip whose pictures bear their number as bars, and a reader of those numbers in what was recorded of it.
enum NumberedClip {
    /// 80x48, 25 frames a second, 40 s.
    static let path = Result { try make() }
    static let count = 1000
    static let framesPerSecond = 25
    /// With these nothing is drawn over the bars.
    static let plain = ["--opacity", "0", "--labels", "none", "--no-box", "--no-color-bar", "--no-enlarge"]

    private static let bars = 10
    private static let (width, height) = (80, 48)

    private static func make() throws -> String {
        let folder = try Clips.folder.get()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * width * height)
        for number in 0..<count {
            let row = (0..<width).map { number >> ($0 * bars / width) & 1 == 1 ? UInt8(220) : 30 }
            for _ in 0..<height { bytes += row }
        }
        let (raw, path) = (folder.file("numbered.gray"), folder.file("numbered.mp4"))
        try Data(bytes).write(to: URL(fileURLWithPath: raw))
        try FFmpegTool.run([
            "-f", "rawvideo", "-pix_fmt", "gray", "-s", "\(width)x\(height)", "-r", "\(framesPerSecond)", "-i", raw,
            "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", path,
        ])
        return path
    }

    /// The numbers that a recording's pictures bear, in its order. It must open as it is, and may have no pictures yet.
    static func numbers(_ file: String) throws -> [Int] {
        // FFmpeg opens no Matroska without a cluster.
        let start = try Data(contentsOf: URL(fileURLWithPath: file)).prefix(1 << 16)
        if file.contains(".mkv"), start.firstRange(of: Data([0x1f, 0x43, 0xb6, 0x75])) == nil { return [] }
        let packets = try FFmpegTool.probe(["-count_packets", "-show_entries", "stream=nb_read_packets", file])
        guard (packets.firstMatch(of: #/\d+/#).flatMap { Int($0.0) } ?? 0) > 0 else { return [] }
        let pictures = try FFmpegTool.rawVideo(file, pixelFormat: "gray")
        return (0..<pictures.count / (width * height)).map { picture in
            (0..<bars).reduce(0) { number, bar in
                let x = (2 * bar + 1) * width / (2 * bars)
                let luma = pictures[picture * width * height + height / 2 * width + x]
                return number | (luma > 125 ? 1 << bar : 0)
            }
        }
    }

    /// Names of a file's outermost boxes, in order; of MP4 only.
    static func boxes(_ file: String) throws -> [String] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        var names: [String] = []
        var place = 0
        while place + 8 <= bytes.count {
            let size = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            names.append(String(decoding: bytes[place + 4..<place + 8], as: UTF8.self))
            place += max(size, 8)
        }
        return names
    }
}
