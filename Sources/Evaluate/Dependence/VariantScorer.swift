/// The model's probability of a class for many variants of a picture at the classifier's input size.
package protocol VariantScorer {
    /// Of the input.
    var width: Int { get }
    var height: Int { get }
    var channels: Int { get }

    /// - Parameter fill: writes variant number n as Float `[channels, height, width]`, normalised as the model wants it.
    /// - Returns: probabilities `[count]` of the class.
    func probabilities(
        _ count: Int, classID: Int, fill: (_ variant: Int, UnsafeMutableBufferPointer<Float>) -> Void
    ) throws -> [Double]
}

/// Variants of a picture that answer one question together.
protocol VariantTrial {
    var count: Int { get }

    /// Writes one of them, as `VariantScorer` wants it.
    func write(_ variant: Int, into memory: UnsafeMutableBufferPointer<Float>)
}

extension VariantScorer {
    /// Scores the variants of several trials in one run: what one leaves of a batch, the next one fills.
    ///
    /// - Returns: probabilities of each trial's variants.
    func probabilities(of trials: [any VariantTrial], classID: Int) throws -> [ArraySlice<Double>] {
        // Where each begins.
        var starts = [0]
        for trial in trials { starts.append(starts.last! + trial.count) }
        let found = try probabilities(starts.last!, classID: classID) { variant, memory in
            // Variants come in their order or nearly so; a picture has few trials.
            let number = starts.lastIndex { $0 <= variant }!
            trials[number].write(variant - starts[number], into: memory)
        }
        return trials.indices.map { found[starts[$0]..<starts[$0 + 1]] }
    }
}
