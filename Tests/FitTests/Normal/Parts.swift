import Foundation
import Pipeline
import TestSupport

@testable import Fit

/// Parts that tests draw, as PPM files: stripes with noise, of which defective ones have a dark spot.
enum Parts {
    static let side = 64

    /// - Parameter spot: its middle; nil: a good part.
    static func picture(_ seed: Int, spot: (x: Int, y: Int)? = nil) -> [UInt8] {
        var random = SplitMix64(UInt64(seed) &+ 17)
        let shift = Int(random.next() % 8)
        var bytes = Array("P6\n\(side) \(side)\n255\n".utf8)
        for y in 0..<side {
            for x in 0..<side {
                let isDark = spot.map { isSpot(x, y, $0) } ?? false
                let tone = isDark ? 10.0 : (x + shift) / 4 % 2 == 0 ? 200.0 : 120.0
                for _ in 0..<3 { bytes.append(UInt8(max(0, min(255, tone + random.value(in: -12...12))))) }
            }
        }
        return bytes
    }

    /// White where the spot is, as PGM.
    static func mask(_ spot: (x: Int, y: Int)) -> [UInt8] {
        var bytes = Array("P5\n\(side) \(side)\n255\n".utf8)
        for y in 0..<side {
            for x in 0..<side { bytes.append(isSpot(x, y, spot) ? 255 : 0) }
        }
        return bytes
    }

    private static func isSpot(_ x: Int, _ y: Int, _ spot: (x: Int, y: Int)) -> Bool {
        (x - spot.x) * (x - spot.x) + (y - spot.y) * (y - spot.y) <= 36
    }

    /// A folder `good` with parts.
    static func good(_ folder: TemporaryFolder, count: Int, name: String = "good") throws -> String {
        try Photos.make(folder, name)
        for number in 0..<count { try folder.write(picture(number), to: "\(name)/\(number).ppm") }
        return folder.file(name)
    }

    /// A folder `test` with good parts and ones with spots, and their masks beside it.
    static func test(_ folder: TemporaryFolder, masks: Bool = true) throws -> String {
        _ = try good(folder, count: 0, name: "test/good")
        for number in 0..<4 { try folder.write(picture(100 + number), to: "test/good/\(number).ppm") }
        for name in ["test/spot", "ground_truth/spot"] { try Photos.make(folder, name) }
        for number in 0..<4 {
            let spot = (x: 14 + 9 * number, y: 46 - 8 * number)
            try folder.write(picture(200 + number, spot: spot), to: "test/spot/\(number).ppm")
            if masks { try folder.write(mask(spot), to: "ground_truth/spot/\(number)_mask.png") }
        }
        return folder.file("test")
    }

    /// The model of the demonstration: of 160 pixels, with layers at an eighth and a sixteenth.
    static let backbone = checkout.appendingPathComponent("models/demo/demo.onnx").path
}
