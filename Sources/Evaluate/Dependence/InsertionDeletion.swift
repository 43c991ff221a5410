/// A class's probability as more and more of a picture is taken away, or put back.
package struct PerturbationCurve: Sendable, Equatable {
    /// Share of the places that were changed, from 0 to 1.
    package let fractions: [Double]
    /// At each of them.
    package let probabilities: [Double]

    /// Area under the curve, by trapezoids.
    package var area: Double {
        zip(fractions.indices.dropFirst(), fractions.indices).reduce(0) { sum, ends in
            let (right, left) = ends
            return sum + (fractions[right] - fractions[left]) * (probabilities[right] + probabilities[left]) / 2
        }
    }
}

/// Insertion and deletion: the hottest places first, the picture appears from its blurred form, or turns into the mean colour.
///
/// Petsiuk et al. 2018, arXiv:1806.07421, section 4.2 and algorithm 1. Of a good map the deletion curve falls at once, and the
/// insertion curve rises at once. The authors take a step for each row of pixels; the area hardly changes with fewer, and
/// torch-cam takes 20.
struct InsertionDeletion: VariantTrial {
    let picture: InputPicture
    let blurred: InputPicture
    /// The hottest place first.
    let order: [UInt32]
    /// Places that are changed at each point of the curves.
    private let counts: [Int]

    init(_ picture: InputPicture, blurred: InputPicture, order: [UInt32], steps: Int) {
        (self.picture, self.blurred, self.order) = (picture, blurred, order)
        counts = Self.counts(area: picture.area, steps: steps)
    }

    /// - Parameter area: places of a picture.
    static func counts(area: Int, steps: Int) -> [Int] {
        Array(stride(from: 0, to: area, by: (area + steps - 1) / steps)) + [area]
    }

    /// The ends of the curves are the same for all maps of a picture: see `CurveEnds`.
    private var inner: Int { counts.count - 2 }

    /// First those of deletion.
    var count: Int { 2 * inner }

    func write(_ variant: Int, into memory: UnsafeMutableBufferPointer<Float>) {
        let isDeletion = variant < inner
        let changed = order[..<counts[1 + variant % inner]]
        _ = memory.update(fromContentsOf: isDeletion ? picture.values : blurred.values)
        for channel in 0..<picture.channels {
            let start = channel * picture.area
            for place in changed {
                let index = start + Int(place)
                memory[index] = isDeletion ? 0 : picture.values[index]
            }
        }
    }

    func curves(
        _ probabilities: ArraySlice<Double>, ends: CurveEnds.Outcome
    ) -> (insertion: PerturbationCurve, deletion: PerturbationCurve) {
        let fractions = counts.map { Double($0) / Double(picture.area) }
        let deletion = [ends.picture] + probabilities.prefix(inner) + [ends.mean]
        let insertion = [ends.blurred] + probabilities.dropFirst(inner) + [ends.picture]
        return (
            PerturbationCurve(fractions: fractions, probabilities: insertion),
            PerturbationCurve(fractions: fractions, probabilities: deletion)
        )
    }
}

/// The picture itself, its blurred form, and the mean colour.
struct CurveEnds: VariantTrial {
    struct Outcome {
        let picture: Double
        let blurred: Double
        let mean: Double
    }

    let picture: InputPicture
    let blurred: InputPicture

    let count = 3

    func write(_ variant: Int, into memory: UnsafeMutableBufferPointer<Float>) {
        switch variant {
        case 0: _ = memory.update(fromContentsOf: picture.values)
        case 1: _ = memory.update(fromContentsOf: blurred.values)
        default: memory.update(repeating: 0)
        }
    }

    func outcome(_ probabilities: ArraySlice<Double>) -> Outcome {
        let values = Array(probabilities)
        return Outcome(picture: values[0], blurred: values[1], mean: values[2])
    }
}
