/// Mean and deviation of each feature, and how a dense layer takes them in, so that nobody has to scale features later.
struct Standardisation: Equatable {
    /// `[width]`.
    let mean: [Double]
    /// 1 / standard deviation of the population, `[width]`; 0 for a feature that never changes.
    let inverseDeviation: [Double]

    /// A feature that hardly ever changed would be enormous once it does, and decide alone. So none is taken to spread
    /// less than this share of what is usual: the median of those that change.
    static let smallestDeviation = 0.05

    init(of rows: TrainingRows, in ranges: [Range<Int>]) {
        let width = rows.width
        var mean = [Double](repeating: 0, count: width)
        var squares = mean
        var total = 0.0
        rows.values.withUnsafeBufferPointer { values in
            for row in ranges.joined() {
                let weight = Double(rows.viewShares[row])
                total += weight
                for column in 0..<width { mean[column] += weight * Double(values[row * width + column]) }
            }
            for column in 0..<width { mean[column] /= total }
            // A second pass, as the difference of large sums would lose the digits.
            for row in ranges.joined() {
                let weight = Double(rows.viewShares[row])
                for column in 0..<width {
                    let difference = Double(values[row * width + column]) - mean[column]
                    squares[column] += weight * difference * difference
                }
            }
        }
        let deviations = squares.map { ($0 / total).squareRoot() }
        let changing = deviations.filter { $0 > 0 }.sorted()
        let smallest = changing.isEmpty ? 0 : changing[changing.count / 2] * Self.smallestDeviation
        self.mean = mean
        inverseDeviation = deviations.map { $0 > 0 ? 1 / max($0, smallest) : 0 }
    }

    /// The dense layer on features as they are, of one on standardised features.
    ///
    /// - Parameters:
    ///   - parameters: weights `[classes, width]`, then biases `[classes]`, for standardised features.
    ///   - temperature: scores are divided by it.
    func folded(_ parameters: [Double], classes: Int, temperature: Double) -> (weights: [Float], bias: [Float]) {
        let width = mean.count
        var weights = [Float](repeating: 0, count: classes * width)
        var bias = [Float](repeating: 0, count: classes)
        for label in 0..<classes {
            var shift = 0.0
            for column in 0..<width {
                let weight = parameters[label * width + column] * inverseDeviation[column]
                weights[label * width + column] = Float(weight / temperature)
                shift += weight * mean[column]
            }
            bias[label] = Float((parameters[classes * width + label] - shift) / temperature)
        }
        return (weights, bias)
    }

    /// The opposite: parameters for standardised features of a head that was fitted with another standardisation.
    func parameters(of head: HeadFit) -> [Double] {
        let (width, classes) = (mean.count, head.classes)
        var parameters = [Double](repeating: 0, count: classes * width + classes)
        for label in 0..<classes {
            var shift = 0.0
            for column in 0..<width where inverseDeviation[column] > 0 {
                let weight = Double(head.weights[label * width + column]) * head.temperature
                parameters[label * width + column] = weight / inverseDeviation[column]
                shift += weight * mean[column]
            }
            parameters[classes * width + label] = Double(head.bias[label]) * head.temperature + shift
        }
        return parameters
    }
}
