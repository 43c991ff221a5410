/// How far probabilities are from what comes true: the reliability diagram, and the expected calibration error (Guo et al.
/// 2017, arXiv:1706.04599, equation 3).
package struct Calibration: Sendable, Equatable, Codable {
    /// Answers whose probability lies in one of 15 equal parts of 0...1, (i / 15, (i + 1) / 15].
    package struct Bin: Sendable, Equatable, Codable {
        package let count: Int
        /// Mean probability of the answers, and the share that was right; nil for an empty bin.
        package let confidence: Double?
        package let accuracy: Double?
    }

    package let bins: [Bin]
    /// Mean of |accuracy - confidence| over the answers; nil where there are none.
    package let error: Double?

    /// - Parameter answers: probability of the class that was answered, and whether it was right.
    package init(_ answers: [(probability: Double, isRight: Bool)], bins count: Int = 15) {
        var counts = [Int](repeating: 0, count: count)
        var right = counts
        var sums = [Double](repeating: 0, count: count)
        for answer in answers {
            let bin = min(count - 1, max(0, Int((answer.probability * Double(count)).rounded(.up)) - 1))
            counts[bin] += 1
            right[bin] += answer.isRight ? 1 : 0
            sums[bin] += answer.probability
        }
        bins = (0..<count).map { bin in
            let n = Double(counts[bin])
            return Bin(
                count: counts[bin], confidence: counts[bin] > 0 ? sums[bin] / n : nil,
                accuracy: counts[bin] > 0 ? Double(right[bin]) / n : nil)
        }
        let total = (0..<count).reduce(0) { $0 + abs(Double(right[$1]) - sums[$1]) }
        error = answers.isEmpty ? nil : total / Double(answers.count)
    }
}
