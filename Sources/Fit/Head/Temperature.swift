import Foundation

/// The number that scores are divided by so that what is called 80 % is right in 80 of 100 cases (Guo et al. 2017, "On
/// calibration of modern neural networks", arXiv:1706.04599, section 4.2).
struct Temperature: Equatable {
    let value: Double
    /// Mean log loss at it, of the true classes alone.
    let logLoss: Double

    /// The log loss is convex in 1 / temperature; its minimum is found by Newton's steps, kept within an interval.
    ///
    /// Where all examples are right no temperature is low enough. So the true class is taken to be right in (n + 1) of
    /// (n + 2) cases only, as in Platt 1999, "Probabilistic outputs for support vector machines", equation 4: with few
    /// examples nobody can be surer than that.
    ///
    /// - Parameters:
    ///   - scores: `[count, classes]`.
    ///   - labels: `[count]`.
    init(_ scores: [Float], _ labels: [Int], classes: Int) {
        precondition(!labels.isEmpty && classes > 1 && scores.count == labels.count * classes)
        let right = Double(labels.count + 1) / Double(labels.count + 2)
        let other = (1 - right) / Double(classes - 1)
        // Scores less the highest one: what a step needs, once.
        let centred = scores.withUnsafeBufferPointer { scores in
            labels.indices.flatMap { row in
                let own = scores[row * classes..<(row + 1) * classes]
                let highest = own.max()!
                return own.map { Double($0 - highest) }
            }
        }
        /// Slope and curvature by 1 / temperature of the smoothed loss.
        func slope(_ inverse: Double) -> (first: Double, second: Double) {
            var (first, second) = (0.0, 0.0)
            for (row, label) in labels.enumerated() {
                var (sum, mean, square, target) = (0.0, 0.0, 0.0, 0.0)
                for index in 0..<classes {
                    let score = centred[row * classes + index]
                    let power = exp(score * inverse)
                    sum += power
                    mean += power * score
                    square += power * score * score
                    target += (index == label ? right : other) * score
                }
                mean /= sum
                first += mean - target
                second += max(0, square / sum - mean * mean)
            }
            return (first / Double(labels.count), second / Double(labels.count))
        }
        var (low, high) = (1e-3, 1e3)
        var inverse = 1.0
        for _ in 0..<60 {
            let (first, second) = slope(inverse)
            if first > 0 { high = inverse } else { low = inverse }
            let newton = second > 0 ? inverse - first / second : .infinity
            let next = (low...high).contains(newton) ? newton : (low * high).squareRoot()
            let isThere = abs(next - inverse) <= 1e-9 * inverse
            inverse = next
            if isThere { break }
        }
        value = 1 / inverse
        let loss = labels.indices.reduce(0.0) { loss, row in
            let own = centred[row * classes..<(row + 1) * classes]
            let sum = own.reduce(0) { $0 + exp($1 * inverse) }
            return loss + log(sum) - own[own.startIndex + labels[row]] * inverse
        }
        logLoss = loss / Double(labels.count)
    }
}
