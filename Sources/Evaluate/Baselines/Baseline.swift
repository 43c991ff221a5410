import Glibc
package import Pipeline

/// Maps that know nothing of the model: a method that is not better than they are says nothing of it.
package enum Baseline: String, CaseIterable, Sendable {
    case centre, whole, noise, edges

    package static let prefix = "baseline:"

    /// Cells of the noise along each side: about as fine as maps of methods are.
    private static let noiseCells = 16

    /// As reports write it.
    package var key: String { Self.prefix + rawValue }

    /// For people.
    package var title: String {
        switch self {
        case .centre: "centre"
        case .whole: "whole image"
        case .noise: "noise"
        case .edges: "edges (Sobel)"
        }
    }

    /// - Parameters:
    ///   - luma: 8-bit `[height, width]`, of the picture.
    ///   - width: of the picture that maps are enlarged to.
    ///   - seed: of the noise.
    /// - Returns: over all of the picture.
    package func map(luma: [UInt8], width: Int, height: Int, seed: UInt64) -> Heatmap {
        precondition(luma.count == width * height)
        let all = Region(x: 0, y: 0, width: Double(width), height: Double(height))
        switch self {
        case .centre:
            let (across, down) = (Self.bell(width), Self.bell(height))
            return Heatmap(
                height: height, width: width, values: down.flatMap { row in across.map { $0 * row } }, region: all)
        case .whole: return Heatmap(height: 1, width: 1, values: [1], region: all)
        case .noise:
            var random = SplitMix64(seed)
            let cells = Self.noiseCells
            return Heatmap(
                height: cells, width: cells, values: (0..<cells * cells).map { _ in random.share() }, region: all)
        case .edges:
            return Heatmap(height: height, width: width, values: Self.edges(luma, width, height), region: all)
        }
    }

    /// A Gaussian around the middle, whose standard deviation is a quarter of the length.
    private static func bell(_ length: Int) -> [Float] {
        (0..<length).map { place in
            let away = ((Float(place) + 0.5) / Float(length) - 0.5) * 4
            return expf(-away * away / 2)
        }
    }

    /// How strongly the picture changes at each pixel (Sobel and Feldman 1968); at its borders as if it went on.
    private static func edges(_ luma: [UInt8], _ width: Int, _ height: Int) -> [Float] {
        var values = [Float](repeating: 0, count: width * height)
        for y in 0..<height {
            let rows = [max(y - 1, 0), y, min(y + 1, height - 1)].map { $0 * width }
            for x in 0..<width {
                let (left, right) = (max(x - 1, 0), min(x + 1, width - 1))
                func value(_ row: Int, _ column: Int) -> Int { Int(luma[rows[row] + column]) }
                let across =
                    value(0, right) + 2 * value(1, right) + value(2, right) - value(0, left) - 2 * value(1, left)
                    - value(2, left)
                let down =
                    value(2, left) + 2 * value(2, x) + value(2, right) - value(0, left) - 2 * value(0, x)
                    - value(0, right)
                values[y * width + x] = Float(across * across + down * down).squareRoot()
            }
        }
        return values
    }
}
