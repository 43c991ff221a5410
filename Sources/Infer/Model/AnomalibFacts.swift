import Pipeline

/// What anomalib 1 says of a model in the `metadata.json` beside it: thresholds, and the values that they are scaled by. The
/// keys are those of its OpenVINO inferencer and of Intel's Model API.
struct AnomalibFacts {
    private(set) var card = ModelCard()

    static let fileName = "metadata.json"

    /// Whether thresholds are there that cannot be applied.
    var lacksScale: Bool { card.anomaly == nil }

    /// Whether the file is about an anomaly model, whether or not its numbers are any.
    static func isMeant(_ facts: Literal) -> Bool {
        ["pixel_threshold", "image_threshold"].contains { facts[$0] != nil }
    }

    /// Nil where the file is about something else.
    init?(_ facts: Literal) {
        guard let pixel = facts["pixel_threshold"]?.number ?? facts["image_threshold"]?.number else { return nil }
        let image = facts["image_threshold"]?.number ?? pixel
        let pixelScale = Self.scale(facts, "anomaly_maps")
        let imageScale = Self.scale(facts, "pred_scores") ?? pixelScale
        if let pixelScale = pixelScale ?? imageScale, let imageScale {
            card.anomaly = ModelCard.Anomaly(
                pixelThreshold: pixel, imageThreshold: image, pixelScale: pixelScale, imageScale: imageScale)
        }
        // What is not in the file is in the graph.
        (card.input.range, card.input.mean, card.input.std) = ([0, 1], [0], [1])
        readSteps(facts)
    }

    /// The span of the values that were seen; nil: unknown, or nothing differs.
    private static func scale(_ facts: Literal, _ kind: String) -> Double? {
        if let scale = facts["normalization_scale"]?.number { return scale > 0 ? scale : nil }
        guard let low = facts["\(kind).min"]?.number ?? facts["min"]?.number,
            let high = facts["\(kind).max"]?.number ?? facts["max"]?.number, high > low
        else { return nil }
        return high - low
    }

    /// Albumentations' steps, as versions before 1 wrote them: what they did before the graph.
    private mutating func readSteps(_ facts: Literal) {
        guard case .list(let steps) = facts["transform"]?["transform"]?["transforms"] else { return }
        for step in steps {
            guard let name = step["__class_fullname__"]?.text else { continue }
            if name.hasSuffix("Normalize"), case .list(let mean) = step["mean"], case .list(let std) = step["std"] {
                (card.input.mean, card.input.std) = (mean.compactMap(\.number), std.compactMap(\.number))
            } else if name.hasSuffix("Resize"), let height = step["height"]?.whole, let width = step["width"]?.whole {
                card.input.size = [height, width]
            }
        }
    }
}
