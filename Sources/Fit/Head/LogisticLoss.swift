import COpenBLAS
import Foundation

/// Log loss of multinomial logistic regression on standardised features, the mean over the rows' weights, plus
/// l2 / 2 · |W|², where biases are free; and its gradient.
///
/// Features are not standardised in memory: the parameters of a step are folded into a dense layer on the features as they
/// are, and the gradient is unfolded, which costs nothing beside the two products. Products are in 32 bits, sums over rows
/// and parameters in 64. What it gives does not depend on the number of threads: rows are cut into lanes, always the same
/// ones, whose gradients are added up in their order.
final class LogisticLoss: @unchecked Sendable {  // safe: a lane's memory is its own, and evaluations follow each other
    private let rows: TrainingRows
    private let scaling: Standardisation
    private let threads: Int
    private let totalWeight: Double
    /// Rows that a product takes at a time, by lane.
    private let lanes: [[Range<Int>]]
    private let scratch: [Lane]
    /// The dense layer of the step: `[classes, width]`, `[classes]`.
    private let layer: UnsafeMutableBufferPointer<Float>
    private let offsets: UnsafeMutableBufferPointer<Float>
    var l2 = 0.0

    private static let rowsOfProduct = 512
    private static let maximumLanes = 8

    /// What a lane writes.
    private struct Lane {
        /// Scores, then their gradients: `[rowsOfProduct, classes]`.
        let scores: UnsafeMutableBufferPointer<Float>
        /// `[classes, width]`.
        let gradient: UnsafeMutableBufferPointer<Float>
        /// Sums of the scores' gradients, `[classes]`, and the loss behind them.
        let sums: UnsafeMutableBufferPointer<Double>
    }

    init(_ rows: TrainingRows, in ranges: [Range<Int>], scaling: Standardisation, threads: Int) {
        (self.rows, self.scaling, self.threads) = (rows, scaling, threads)
        totalWeight = ranges.joined().reduce(0) { $0 + Double(rows.weights[$1]) }
        let pieces = ranges.flatMap { range in
            stride(from: range.lowerBound, to: range.upperBound, by: Self.rowsOfProduct).map {
                $0..<min($0 + Self.rowsOfProduct, range.upperBound)
            }
        }
        let count = min(Self.maximumLanes, (pieces.count + 1) / 2)
        lanes = (0..<count).map { lane in
            Array(pieces[lane * pieces.count / count..<(lane + 1) * pieces.count / count])
        }
        let (classes, width) = (rows.classes, rows.width)
        scratch = lanes.map { _ in
            Lane(
                scores: .allocate(capacity: Self.rowsOfProduct * classes),
                gradient: .allocate(capacity: classes * width), sums: .allocate(capacity: classes + 1))
        }
        layer = .allocate(capacity: classes * width)
        offsets = .allocate(capacity: classes)
    }

    deinit {
        for lane in scratch {
            lane.scores.deallocate()
            lane.gradient.deallocate()
            lane.sums.deallocate()
        }
        layer.deallocate()
        offsets.deallocate()
    }

    /// - Parameters:
    ///   - position: W `[classes, width]`, then the biases `[classes]`.
    ///   - gradient: of the same shape; is written.
    func value(at position: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>) -> Double {
        let (classes, width) = (rows.classes, rows.width)
        var squares = 0.0
        for label in 0..<classes {
            var shift = 0.0
            for column in 0..<width {
                let weight = position[label * width + column]
                squares += weight * weight
                let folded = weight * scaling.inverseDeviation[column]
                layer[label * width + column] = Float(folded)
                shift += folded * scaling.mean[column]
            }
            offsets[label] = Float(position[classes * width + label] - shift)
        }
        Parallel.run(lanes.count, threads: threads) { self.pass($0) }

        for label in 0..<classes {
            let sum = scratch.reduce(0) { $0 + $1.sums[label] }
            gradient[classes * width + label] = sum / totalWeight
            for column in 0..<width {
                var product = 0.0
                for lane in scratch { product += Double(lane.gradient[label * width + column]) }
                gradient[label * width + column] =
                    (product - sum * scaling.mean[column]) * scaling.inverseDeviation[column] / totalWeight
                    + l2 * position[label * width + column]
            }
        }
        return scratch.reduce(0) { $0 + $1.sums[classes] } / totalWeight + l2 / 2 * squares
    }

    private func pass(_ number: Int) {
        let (classes, width, lane) = (rows.classes, rows.width, scratch[number])
        lane.sums.update(repeating: 0)
        rows.values.withUnsafeBufferPointer { values in
            for (place, range) in lanes[number].enumerated() {
                let features = values.baseAddress! + range.lowerBound * width
                for row in 0..<range.count {
                    for label in 0..<classes { lane.scores[row * classes + label] = offsets[label] }
                }
                cblas_sgemm(
                    CblasRowMajor, CblasNoTrans, CblasTrans, Int32(range.count), Int32(classes), Int32(width), 1,
                    features, Int32(width), layer.baseAddress!, Int32(width), 1, lane.scores.baseAddress!,
                    Int32(classes))
                for row in 0..<range.count { differentiate(row, of: range.lowerBound + row, lane) }
                cblas_sgemm(
                    CblasRowMajor, CblasTrans, CblasNoTrans, Int32(classes), Int32(width), Int32(range.count), 1,
                    lane.scores.baseAddress!, Int32(classes), features, Int32(width), place == 0 ? 0 : 1,
                    lane.gradient.baseAddress!, Int32(width))
            }
        }
    }

    /// Turns a row's scores into the gradient of its loss: its weight times (softmax - 1 at its class).
    private func differentiate(_ place: Int, of row: Int, _ lane: Lane) {
        let classes = rows.classes
        let scores = UnsafeMutableBufferPointer(rebasing: lane.scores[place * classes..<(place + 1) * classes])
        let (label, weight) = (rows.labels[row], rows.weights[row])
        var highest = scores[0]
        for score in scores where score > highest { highest = score }
        let own = scores[label]
        var sum: Float = 0
        for index in 0..<classes {
            scores[index] = exp(scores[index] - highest)
            sum += scores[index]
        }
        lane.sums[classes] += Double(weight) * (Double(highest - own) + log(Double(sum)))
        let factor = weight / sum
        for index in 0..<classes { scores[index] *= factor }
        scores[label] -= weight
        for index in 0..<classes { lane.sums[index] += Double(scores[index]) }
    }
}
