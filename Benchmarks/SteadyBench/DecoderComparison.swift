import CFFmpeg
import Foundation
import MotionScenes
import Pipeline
import TestSupport
import Tracking

/// The vectors that decoders hand over against the search, on clips whose motion is known.
enum DecoderComparison {
    private static let (width, height, pictures) = (640, 480, 30)

    private static let encoders: [(name: String, options: [String])] = [
        ("H.264, x264's defaults", ["-c:v", "libx264"]),
        ("H.264, no B-frames, one reference", ["-c:v", "libx264", "-bf", "0", "-refs", "1"]),
        (
            "H.264, as cameras: ultrafast, zerolatency",
            ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency"]
        ),
        ("MPEG-4", ["-c:v", "mpeg4", "-q:v", "5"]),
        ("MPEG-2", ["-c:v", "mpeg2video", "-q:v", "5"]),
    ]

    private static let cases: [MotionCase] = [
        .still(noise: 4), .pan(1.5, -0.75, noise: 2), .pan(5.3, 2.2, noise: 2), .zoom(percent: 2, noise: 2),
        .object(4, -2, noise: 2),
    ]

    static func run() throws {
        let folder = try TemporaryFolder()
        print(
            "case | encoder | pictures with vectors | cells known | error of vectors | of the search | decoding, ms a picture, without | with vectors"
        )
        for var motion in cases {
            (motion.width, motion.height) = (width, height)
            let raw = folder.file("raw.gray")
            let bytes = (0..<pictures).map(motion.picture)
            try Data(bytes.joined()).write(to: URL(filePath: raw))
            for encoder in encoders {
                let clip = folder.file("clip.mkv")
                try FFmpegTool.run(
                    ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "\(width)x\(height)", "-r", "30", "-i", raw]
                        + encoder.options + ["-pix_fmt", "yuv420p", clip])
                try compare(motion, clip, encoder.name)
            }
        }
    }

    private static func compare(_ motion: MotionCase, _ clip: String, _ encoder: String) throws {
        guard let search = MotionSearch(width: width, height: height, channels: 1) else { return }
        var found = search.makeField()
        var vectors = DecoderVectors(columns: search.columns, rows: search.rows)
        var (ofVectors, ofSearch): ([Float], [Float]) = ([], [])
        var (distance, cells) = (1, Float(0))
        var grey = [UInt8](repeating: 0, count: width * height)
        var number = -1
        let decoder = try ClipDecoder(clip, vectors: true)
        while let picture = try decoder.next() {
            number += 1
            copyLuma(picture, to: &grey)
            grey.withUnsafeBytes { search.next($0, into: &found) }
            let region = Region(x: 0, y: 0, width: Double(width), height: Double(height))
            switch vectors.read(picture, region: region, distance: distance) {
            case .bidirectional: distance += 1
            case .none: distance = 1
            case .known(let read):
                distance = 1
                ofVectors.append(motion.error(of: read, at: number).mean)
                ofSearch.append(motion.error(of: found, at: number).mean)
                cells += read.confidence.reduce(0, +) / Float(read.count)
            }
        }
        func mean(_ values: [Float]) -> String {
            values.isEmpty ? "-" : String(format: "%.3f", values.reduce(0, +) / Float(values.count))
        }
        let times = try [false, true].map { String(format: "%.3f", try milliseconds(clip, vectors: $0)) }
        print(
            motion.name, encoder, "\(ofVectors.count) of \(pictures)",
            ofVectors.isEmpty ? "-" : String(format: "%.0f %%", 100 * cells / Float(ofVectors.count)),
            mean(ofVectors), mean(ofSearch), times[0], times[1], separator: " | ")
    }

    /// Of the fastest of five runs, on one thread.
    private static func milliseconds(_ clip: String, vectors: Bool) throws -> Double {
        let clock = ContinuousClock()
        var best = Duration.seconds(1000)
        for _ in 0..<5 {
            let decoder = try ClipDecoder(clip, vectors: vectors)
            best = min(best, try clock.measure { while try decoder.next() != nil {} })
        }
        return (Double(best.components.seconds) * 1000 + Double(best.components.attoseconds) / 1e15) / Double(pictures)
    }

    private static func copyLuma(_ picture: UnsafePointer<AVFrame>, to grey: inout [UInt8]) {
        guard let luma = shim_plane(picture, 0) else { return }
        let bytesPerRow = Int(shim_bytes_per_row(picture, 0))
        grey.withUnsafeMutableBytes { grey in
            for y in 0..<height { memcpy(grey.baseAddress! + y * width, luma + y * bytesPerRow, width) }
        }
    }
}
