import Evaluate

/// A model that is computed by hand.
struct HandScorer: VariantScorer {
    let channels: Int
    let height: Int
    let width: Int
    /// Of Float `[channels, height, width]`.
    let probability: ([Float]) -> Double

    func probabilities(
        _ count: Int, classID: Int, fill: (_ variant: Int, UnsafeMutableBufferPointer<Float>) -> Void
    ) throws -> [Double] {
        (0..<count).map { variant in
            // What was there before is of another variant.
            var memory = [Float](repeating: .nan, count: channels * height * width)
            memory.withUnsafeMutableBufferPointer { fill(variant, $0) }
            return probability(memory)
        }
    }
}
