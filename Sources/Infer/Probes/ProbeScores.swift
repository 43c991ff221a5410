import Glibc

/// The scores of many variants of a picture, for the classes that get maps.
struct ProbeScores {
    let classes: [Int]
    /// Float `[variants, classes]`.
    private var logits: [Float] = []
    /// Float `[variants]`: log Σ_c exp(y_c) over all of the model's classes.
    private var logSums: [Float] = []

    init(classes: [Int], variants: Int) {
        self.classes = classes
        logits.reserveCapacity(variants * classes.count)
        logSums.reserveCapacity(variants)
    }

    /// - Parameter scores: y of the next variant, Float, one for each of the model's classes.
    mutating func append(_ scores: UnsafeBufferPointer<Float>) {
        for classID in classes { logits.append(scores[classID]) }
        // With the largest taken off first, so that nothing overflows.
        let largest = scores.max() ?? 0
        logSums.append(largest + logf(scores.reduce(0) { $0 + expf($1 - largest) }))
    }

    /// y_c before any softmax, of every variant.
    func logits(ofClass classID: Int) -> [Float] {
        let position = classes.firstIndex(of: classID)!
        return stride(from: position, to: logits.count, by: classes.count).map { logits[$0] }
    }

    /// Of every variant, by softmax, or each class by itself.
    func probabilities(ofClass classID: Int, isSigmoid: Bool) -> [Float] {
        let logits = logits(ofClass: classID)
        if isSigmoid { return logits.map { 1 / (1 + expf(-$0)) } }
        return zip(logits, logSums).map { expf($0 - $1) }
    }
}
