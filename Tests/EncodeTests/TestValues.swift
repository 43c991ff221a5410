import CFFmpeg
import Encode
import Foundation
import Pipeline

extension EncodeConfig {
    /// For tests in which the compression doesn't matter.
    static func fast(_ output: String) -> EncodeConfig {
        var config = EncodeConfig()
        config.output = output
        if !output.hasSuffix("webm") { config.preset = "ultrafast" }
        return config
    }
}

extension EncodeConfig {
    /// H.264 without loss, so that pixels can be compared.
    static func lossless(_ path: String) -> EncodeConfig {
        var config = EncodeConfig()
        config.output = path
        config.preset = "ultrafast"
        config.options = ["qp=0"]
        return config
    }

    static func still(_ output: String) -> EncodeConfig {
        var config = EncodeConfig()
        config.output = output
        return config
    }
}

/// Writes the moving gradient.
func write(_ pictures: TestPictures, _ config: EncodeConfig, count: Int) throws -> [EncodeNote] {
    let sink = try openSink(config, format: pictures.format)
    for index in 0..<count { try sink.write(try pictures.frame(index: index)) }
    try sink.finish()
    return sink.notes
}

extension ColourTags {
    /// For comparisons.
    var values: [UInt32] {
        [range.rawValue, matrix.rawValue, primaries.rawValue, transfer.rawValue, chromaLocation.rawValue]
    }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

/// Samples of three planes without gaps, by position.
struct Planes {
    private let samples: [Int]
    private let layout: PixelLayout
    private let size: (width: Int, height: Int)

    init(_ samples: [Int], _ layout: PixelLayout, width: Int, height: Int) {
        self.samples = samples
        self.layout = layout
        size = (width, height)
    }

    func width(_ plane: Int) -> Int { layout.width(ofPlane: plane, forWidth: size.width) }
    func height(_ plane: Int) -> Int { layout.height(ofPlane: plane, forHeight: size.height) }

    subscript(plane: Int, x: Int, y: Int) -> Int {
        let start = (0..<plane).reduce(0) { $0 + width($1) * height($1) }
        return samples[start + y * width(plane) + x]
    }
}

/// PSNR of 8-bit samples in decibels; infinite if they are equal.
func peakSignalToNoise(_ left: [Int], _ right: [Int]) -> Double {
    guard left.count == right.count, !left.isEmpty else { return -.infinity }
    let squares = zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return 10 * log10(255 * 255 * Double(left.count) / Double(squares))
}

/// A colour as light values 0...1, and as code values by the definition in ITU-T H.273.
struct Colour: CustomStringConvertible {
    var red: Double
    var green: Double
    var blue: Double
    var description: String { "(\(red), \(green), \(blue))" }

    static let all = [
        Colour(red: 1, green: 0, blue: 0), Colour(red: 0, green: 1, blue: 0), Colour(red: 0, green: 0, blue: 1),
        Colour(red: 1, green: 1, blue: 1), Colour(red: 0, green: 0, blue: 0), Colour(red: 0.8, green: 0.5, blue: 0.2),
    ]

    /// Y, U, V.
    func samples(matrix: AVColorSpace, isFullRange: Bool, bits: Int = 8) -> [Double] {
        let (kr, kb) = matrix == AVCOL_SPC_BT709 ? (0.2126, 0.0722) : (0.299, 0.114)
        let luma = kr * red + (1 - kr - kb) * green + kb * blue
        let chromaBlue = (blue - luma) / (2 * (1 - kb))
        let chromaRed = (red - luma) / (2 * (1 - kr))
        let unit = Double(1 << (bits - 8))
        let most = Double(1 << bits - 1)
        if isFullRange { return [most * luma, 128 * unit + most * chromaBlue, 128 * unit + most * chromaRed] }
        return [(16 + 219 * luma) * unit, (128 + 224 * chromaBlue) * unit, (128 + 224 * chromaRed) * unit]
    }

    /// G, B, R.
    func planarRGB(bits: Int = 8) -> [Int] {
        [green, blue, red].map { Int(($0 * Double(1 << bits - 1)).rounded()) }
    }

    /// R, G, B.
    var packedRGB: [Double] { [red * 255, green * 255, blue * 255] }
}

extension [Int] {
    func isClose(to other: [Double], within tolerance: Double) -> Bool {
        count == other.count && zip(self, other).allSatisfy { abs(Double($0) - $1) <= tolerance }
    }
}
