/// What a model has that maps anomalies: names and shapes as anomalib's exports have them, from version 2 on.
package enum AnomalyOutputs {
    /// Float `[1, 3, height, width]`, R G B in 0...1.
    package static let picture = "input"
    /// Float `[1, 1, height, width]`, 0...1, the threshold at 0.5.
    package static let map = "anomaly_map"
    /// Float `[1]`, of the picture.
    package static let score = "pred_score"
    /// Bool `[1]`: whether the score is above the threshold.
    package static let label = "pred_label"
    /// Bool `[1, 1, height, width]`
    package static let mask = "pred_mask"

    /// Names that nothing else may have.
    static let reserved = [picture, map, score, label, mask]
}

/// What good parts look like, as rows of features that the places of a picture are compared with.
package struct PatchMemory: Sendable, Equatable {
    /// Of the features of good parts; it is taken off before anything, since small numbers are more exact.
    package let mean: [Float]
    /// Float `[channels, width]`, row-major, by which features become fewer; nil: `width` is `channels`.
    package let projection: [Float]?
    /// Float `[count, width]`, row-major.
    package let rows: [Float]
    package let width: Int

    package var count: Int { rows.count / width }

    package init(mean: [Float], projection: [Float]?, rows: [Float], width: Int) {
        precondition(width > 0 && !rows.isEmpty && rows.count % width == 0)
        precondition(projection.map { $0.count == mean.count * width } ?? (mean.count == width))
        (self.mean, self.projection, self.rows, self.width) = (mean, projection, rows, width)
    }
}

/// How a distance becomes a number in 0...1: 0 where good parts lie usually, 0.5 at the threshold.
package struct MapScale: Sendable, Equatable {
    /// A distance that is drawn as 0.
    package let low: Float
    package let threshold: Float

    package init(low: Float, threshold: Float) {
        precondition(low < threshold)
        (self.low, self.threshold) = (low, threshold)
    }

    /// anomalib's min-max, (x - threshold) / (max - min) + 0.5, where the threshold lies in the middle of both.
    package func callAsFunction(_ distance: Float) -> Float {
        min(1, max(0, (distance - threshold) * factor + 0.5))
    }

    var factor: Float { 0.5 / (threshold - low) }
}
