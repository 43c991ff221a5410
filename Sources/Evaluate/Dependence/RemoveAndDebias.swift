import Dispatch

/// ROAD: what the hottest, or the coldest, places are worth where their removal itself leaves no trace that a model could see.
///
/// Rong et al. 2022, arXiv:2202.00449, section 5: removed places are filled in by `LinearImputation`, with a little noise. The
/// score is half of what the class keeps when the coldest places go, less what it keeps when the hottest go, averaged over
/// the shares that stay: positive where the map orders places as the model does; rules and numbers are pytorch-grad-cam's
/// `ROADCombined`.
struct RemoveAndDebias: VariantTrial {
    /// Of places that stay.
    let percentiles: [Double]
    /// First those without the hottest places.
    private let pictures: [InputPicture]

    /// - Parameters:
    ///   - heat: Float `[height, width]`, 0...1.
    ///   - noise: is added where places were filled in: Float `[channels, height, width]`.
    init(_ picture: InputPicture, heat: [Float], percentiles: [Double], noise: [Float]) {
        self.percentiles = percentiles
        let masks = [heat, heat.map { 1 - $0 }].flatMap { heat in
            let sorted = heat.sorted()
            return percentiles.map { percentile in
                let threshold = Self.percentile(percentile, ofSorted: sorted)
                return heat.map { Double($0) >= threshold }
            }
        }
        let memory = UnsafeMutableBufferPointer<InputPicture?>.allocate(capacity: masks.count)
        memory.initialize(repeating: nil)
        defer {
            memory.deinitialize()
            memory.deallocate()
        }
        let filled = Filled(memory)
        DispatchQueue.concurrentPerform(iterations: masks.count) { number in
            let imputed = LinearImputation(picture, removed: masks[number])()
            filled.pictures[number] = imputed.adding(noise, where: masks[number])
        }
        pictures = memory.map { $0! }
    }

    /// Each is written by one thread.
    private struct Filled: @unchecked Sendable {  // safe: no two write the same place
        let pictures: UnsafeMutableBufferPointer<InputPicture?>

        init(_ pictures: UnsafeMutableBufferPointer<InputPicture?>) { self.pictures = pictures }
    }

    /// By linear interpolation between the two values around it, as NumPy does.
    static func percentile(_ percentile: Double, ofSorted sorted: [Float]) -> Double {
        let position = percentile / 100 * Double(sorted.count - 1)
        let lower = Int(position)
        let upper = min(lower + 1, sorted.count - 1)
        return Double(sorted[lower]) + (position - Double(lower)) * (Double(sorted[upper]) - Double(sorted[lower]))
    }

    var count: Int { pictures.count }

    func write(_ variant: Int, into memory: UnsafeMutableBufferPointer<Float>) {
        _ = memory.update(fromContentsOf: pictures[variant].values)
    }

    func outcome(_ probabilities: ArraySlice<Double>) -> RoadFigures {
        let values = Array(probabilities)
        return RoadFigures(
            percentiles: percentiles, withoutHottest: Array(values.prefix(percentiles.count)),
            withoutColdest: Array(values.dropFirst(percentiles.count)))
    }
}

/// A class's probability in a picture without its hottest, or its coldest, places.
package struct RoadFigures: Sendable, Equatable {
    /// Of places that stay.
    package let percentiles: [Double]
    package let withoutHottest: [Double]
    package let withoutColdest: [Double]

    /// -0.5...0.5.
    package var score: Double {
        let differences = zip(withoutColdest, withoutHottest).map { $0 - $1 }
        return differences.isEmpty ? 0 : differences.reduce(0, +) / Double(differences.count) / 2
    }
}

extension InputPicture {
    /// - Parameter places: Bool `[height, width]`.
    fileprivate func adding(_ noise: [Float], where places: [Bool]) -> InputPicture {
        let noisy = values.indices.map { places[$0 % area] ? values[$0] + noise[$0] : values[$0] }
        return InputPicture(channels: channels, height: height, width: width, values: noisy)
    }
}
