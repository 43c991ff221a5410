import COpenBLAS

/// A dense layer on the features of a backbone as they are: standardisation and temperature are folded in, so that
/// softmax(weights · features + bias) are probabilities.
package struct HeadFit: Sendable, Equatable {
    /// One strength of L2 that was tried on the folds.
    package struct Trial: Sendable, Equatable, Codable {
        package let l2: Double
        /// Of what the folds held out: share that was right, and mean log loss at the best temperature.
        package let accuracy: Double
        package let logLoss: Double
        package let temperature: Double
    }

    package let classes: Int
    /// Features.
    package let width: Int
    /// `[classes, width]`, row-major.
    package let weights: [Float]
    /// `[classes]`.
    package let bias: [Float]
    package let temperature: Double
    package let l2: Double
    /// 0: there was nothing to choose by, since the examples of each class are one group; L2 is the usual one then, and the
    /// temperature 1.
    package let folds: Int
    /// From strong to weak; empty where nothing was chosen.
    package let trials: [Trial]
    /// Whether the classes were made to weigh the same, as one has few examples.
    package let balancesClasses: Bool

    init(
        classes: Int, width: Int, weights: [Float], bias: [Float], temperature: Double, l2: Double, folds: Int,
        trials: [Trial], balancesClasses: Bool
    ) {
        precondition(weights.count == classes * width && bias.count == classes)
        (self.classes, self.width, self.weights, self.bias) = (classes, width, weights, bias)
        (self.temperature, self.l2) = (temperature, l2)
        (self.folds, self.trials, self.balancesClasses) = (folds, trials, balancesClasses)
    }

    /// Scores before softmax: `[rows, classes]`, row-major.
    package func scores(_ table: FeatureTable) -> [Float] { scores(table.values) }

    /// - Parameter features: `[rows, width]`, row-major.
    package func scores(_ features: [Float]) -> [Float] {
        let rows = features.count / width
        precondition(rows * width == features.count)
        guard rows > 0 else { return [] }
        var scores = [Float](unsafeUninitializedCapacity: rows * classes) { buffer, count in
            for row in 0..<rows { for label in 0..<classes { buffer[row * classes + label] = bias[label] } }
            count = rows * classes
        }
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows), Int32(classes), Int32(width), 1, features,
            Int32(width), weights, Int32(width), 1, &scores, Int32(classes))
        return scores
    }

    /// The same head for another list of classes: where to begin when one was added, removed or moved.
    ///
    /// - Parameter former: of each new class, which one it was here; nil: it is new, and its scores are 0.
    package func rearranged(_ former: [Int?]) -> HeadFit {
        HeadFit(
            classes: former.count, width: width,
            weights: former.flatMap { label in
                label.map { Array(weights[$0 * width..<($0 + 1) * width]) } ?? [Float](repeating: 0, count: width)
            },
            bias: former.map { $0.map { bias[$0] } ?? 0 }, temperature: temperature, l2: l2, folds: folds,
            trials: trials, balancesClasses: balancesClasses)
    }
}
