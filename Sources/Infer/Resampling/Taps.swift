import Foundation

/// Which samples of a row or column an output is made of, and their weights, which add up to 1.
struct Taps: Equatable {
    var first: Int
    var weights: [Double]
}

extension Interpolation {
    /// Along rows or columns.
    ///
    /// - Parameters:
    ///   - old, new: how many samples there are, and how many they become.
    ///   - outputs: those of the new ones that are wanted.
    ///   - isEnlarging: whether rows or columns become more: then OpenCV's area is a form of its linear filter in both.
    func taps(from old: Int, to new: Int, outputs: Range<Int>, isEnlarging: Bool) -> [Taps] {
        let scale = Double(old) / Double(new)
        // Of pixels that lie on a border, OpenCV's rounding chooses, to Float at last.
        let inverse = Double(new) / Double(old)
        let openCVScale = 1 / inverse
        switch self {
        case .bilinear, .bicubic, .box, .hamming, .lanczos:
            return outputs.map { filtered($0, old, scale) }
        case .nearest:
            return Self.nearest(old, new, outputs)
        case .bilinearWithoutAntialias:
            return outputs.map { output in
                let place = (Double(output) + 0.5) * openCVScale - 0.5
                return Self.between(Int(place.rounded(.down)), share: place - place.rounded(.down), old)
            }
        case .area where isEnlarging:
            return outputs.map { output in
                let first = (Double(output) * openCVScale).rounded(.down)
                let beyond = Float(Double(output + 1) - (first + 1) * inverse)
                return Self.between(Int(first), share: beyond <= 0 ? 0 : Double(beyond - beyond.rounded(.down)), old)
            }
        case .area:
            return outputs.map { output in
                let start = Double(output) * scale
                let end = min(start + scale, Double(old))
                let first = min(Int(start), old - 1)
                let covered = (first..<max(first + 1, Int(end.rounded(.up)))).map { sample in
                    max(0, min(end, Double(sample + 1)) - max(start, Double(sample)))
                }
                return Self.normalised(first, covered)
            }
        }
    }

    /// Whether a filter overshoots at edges. Pillow, which scales rows first, then cuts its values off in between.
    var overshoots: Bool { self == .bicubic || self == .lanczos }

    // MARK: Pillow's filters

    /// As Pillow's `precompute_coeffs`: the filter is as wide as the scale needs, and what lies outside is left out.
    private func filtered(_ output: Int, _ old: Int, _ scale: Double) -> Taps {
        let stretch = max(scale, 1)
        let reach = support * stretch
        let middle = (Double(output) + 0.5) * scale
        let first = max(0, Int(middle - reach + 0.5))
        let end = max(first + 1, min(old, Int(middle + reach + 0.5)))
        return Self.normalised(first, (first..<end).map { weight((Double($0) - middle + 0.5) / stretch) })
    }

    /// How far a filter reaches, in samples.
    private var support: Double {
        switch self {
        case .box: 0.5
        case .bicubic: 2
        case .lanczos: 3
        default: 1
        }
    }

    private func weight(_ x: Double) -> Double {
        let distance = abs(x)
        switch self {
        case .box: return x > -0.5 && x <= 0.5 ? 1 : 0
        case .hamming: return distance < 1 ? Self.sinc(x) * (0.54 + 0.46 * cos(.pi * x)) : 0
        case .lanczos: return distance < 3 ? Self.sinc(x) * Self.sinc(x / 3) : 0
        case .bicubic:
            // Keys 1981, with a = -0.5.
            let a = -0.5
            if distance < 1 { return ((a + 2) * distance - (a + 3)) * distance * distance + 1 }
            return distance < 2 ? (((distance - 5) * distance + 8) * distance - 4) * a : 0
        default: return max(0, 1 - distance)
        }
    }

    private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }

    /// Places are added up one by one, as Pillow does it: many lie on the border of two pixels, and go by the rounding.
    private static func nearest(_ old: Int, _ new: Int, _ outputs: Range<Int>) -> [Taps] {
        let scale = Double(old) / Double(new)
        var place = scale * 0.5
        for _ in 0..<outputs.lowerBound { place += scale }
        return outputs.map { _ in
            defer { place += scale }
            return Taps(first: min(Int(place), old - 1), weights: [1])
        }
    }

    // MARK: Two samples

    /// Of a sample and the one behind it; beyond the ends the outermost counts.
    static func between(_ first: Int, share: Double, _ old: Int) -> Taps {
        if first < 0 { return Taps(first: 0, weights: [1]) }
        if first >= old - 1 { return Taps(first: old - 1, weights: [1]) }
        return Taps(first: first, weights: [1 - share, share])
    }

    private static func normalised(_ first: Int, _ weights: [Double]) -> Taps {
        let sum = weights.reduce(0, +)
        return Taps(first: first, weights: weights.map { $0 / sum })
    }
}
