import Foundation
import TestSupport

@testable import Evaluate

/// What pytorch-grad-cam and torch-cam say of maps of a small net: Tests/Fixtures/generate_evaluate.py makes it.
struct DependenceGolden: Decodable, Sendable {
    let size: Int
    let classes: Int
    let classID: Int
    let mean: [Float]
    let std: [Float]
    /// 8-bit `[size, size, 3]`.
    let picture: [Float]
    /// Of two convolutions and a dense layer, each with its biases.
    let weights: [[Float]]
    let probability: Double
    /// Every fifth row and third column.
    let blurred: [Float]
    let maps: [String: Map]

    struct Map: Decodable, Sendable {
        let heat: [Float]
        /// Stands for the map of the picture times the map.
        let again: [Float]
        let steps20: Areas
        let rows: Areas
        let road: Road
        let combined: Double
        let drop: Double
        let increase: Double
        let complexity: Double
        let coherency: Double
        let arcc: Double
        let adcc: Double
        /// With 40 % of the places kept, every fifth row and third column.
        let imputed: [Float]
    }

    struct Areas: Decodable, Sendable {
        let deletion: Double
        let insertion: Double
    }

    struct Road: Decodable, Sendable {
        let withoutHottest: [Double]
        let withoutColdest: [Double]
    }

    static let shared = Result {
        try JSONDecoder().decode(
            DependenceGolden.self,
            from: Data(contentsOf: checkout.appending(path: "Tests/Fixtures/evaluate/dependence.json")))
    }

    var input: InputPicture {
        let area = size * size
        let values = (0..<3 * area).map { index in
            let (channel, place) = index.quotientAndRemainder(dividingBy: area)
            return (picture[place * 3 + channel] / 255 - mean[channel]) / std[channel]
        }
        return InputPicture(channels: 3, height: size, width: size, values: values)
    }

    /// The net, computed here.
    var scorer: HandScorer {
        HandScorer(channels: 3, height: size, width: size) { [self] picture in
            let first = convolved(picture, 3, size, weights[0], weights[1])
            let second = convolved(first, 6, size / 2, weights[2], weights[3])
            let area = size / 4 * (size / 4)
            let pooled = (0..<8).map { second[$0 * area..<($0 + 1) * area].reduce(0, +) / Float(area) }
            let scores = (0..<classes).map { row in
                (0..<8).reduce(weights[5][row]) { $0 + weights[4][row * 8 + $1] * pooled[$1] }
            }
            let shares = scores.map { exp(Double($0)) }
            return shares[classID] / shares.reduce(0, +)
        }
    }

    /// 3 × 3, every other place, zeros around it, and ReLU.
    private func convolved(
        _ input: [Float], _ channels: Int, _ size: Int, _ kernel: [Float], _ bias: [Float]
    ) -> [Float] {
        let half = size / 2
        var output = [Float](repeating: 0, count: bias.count * half * half)
        for (channel, constant) in bias.enumerated() {
            for row in 0..<half {
                for column in 0..<half {
                    var sum = constant
                    for source in 0..<channels {
                        for y in 0..<3 where (0..<size).contains(row * 2 + y - 1) {
                            for x in 0..<3 where (0..<size).contains(column * 2 + x - 1) {
                                sum +=
                                    kernel[((channel * channels + source) * 3 + y) * 3 + x]
                                    * input[(source * size + row * 2 + y - 1) * size + column * 2 + x - 1]
                            }
                        }
                    }
                    output[(channel * half + row) * half + column] = max(0, sum)
                }
            }
        }
        return output
    }

    /// Every fifth row and third column of planes.
    func thinned(_ values: [Float]) -> [Float] {
        (0..<3).flatMap { channel in
            stride(from: 0, to: size, by: 5).flatMap { row in
                stride(from: 0, to: size, by: 3).map { values[(channel * size + row) * size + $0] }
            }
        }
    }
}

/// The largest difference.
func distance(_ found: [Float], _ expected: [Float]) -> Float {
    found.count == expected.count ? zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
}
