import Foundation
import Pipeline
import TestSupport

@testable import Fit

/// Photographs that tests draw: one colour with noise, as PPM files.
enum Photos {
    /// - Parameter seed: other noise for each.
    static func picture(
        _ rgb: (Int, Int, Int), width: Int = 40, height: Int = 30, seed: Int = 0
    ) -> [UInt8] {
        var random = SplitMix64(UInt64(seed) &* 977 &+ UInt64(rgb.0 * 65536 + rgb.1 * 256 + rgb.2))
        var bytes = Array("P6\n\(width) \(height)\n255\n".utf8)
        for _ in 0..<width * height {
            for value in [rgb.0, rgb.1, rgb.2] {
                bytes.append(UInt8(max(0, min(255, value + Int(random.value(in: -30...30))))))
            }
        }
        return bytes
    }

    static let red = (220, 40, 40)
    static let green = (40, 200, 40)
    static let blue = (40, 40, 220)

    /// A folder `photos` in a folder, with `count` pictures a class.
    static func fill(
        _ folder: TemporaryFolder, _ classes: [(name: String, rgb: (Int, Int, Int))], count: Int,
        root: String = "photos"
    ) throws -> String {
        for (name, rgb) in classes {
            try make(folder, "\(root)/\(name)")
            for number in 0..<count {
                try folder.write(picture(rgb, seed: number), to: "\(root)/\(name)/\(number).ppm")
            }
        }
        return folder.file(root)
    }

    static func make(_ folder: TemporaryFolder, _ name: String) throws {
        try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
    }

    /// The model that knows colours: `[red, green, blue, yellow, cyan, magenta, grey]`.
    static let backbone = checkout.appendingPathComponent("models/colours/colours.onnx").path
}
