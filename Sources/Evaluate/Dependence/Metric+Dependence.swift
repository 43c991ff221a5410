extension Metric {
    package static let deletion = Metric(
        "deletion", "deletion", "Mean probability while the hottest pixels become the mean colour.",
        higherIsBetter: false)
    package static let insertion = Metric(
        "insertion", "insertion", "Mean probability while the hottest pixels come into the blurred image.")
    package static let road = Metric(
        "road", "ROAD",
        "Half of what the coldest places leave of the probability when they are removed without a trace, less what the hottest leave."
    )
    package static let drop = Metric(
        "drop", "drop", "Share of the probability that is lost where the image is multiplied with the map.",
        higherIsBetter: false, digits: 1, isShare: true)
    package static let increase = Metric(
        "increase", "increase", "Images whose class becomes more probable where they are multiplied with the map.",
        digits: 1, isShare: true)
    package static let coherency = Metric(
        "coherency", "coherency", "How much the map of the image times the map is like the map, 0 to 1.")
    package static let complexity = Metric(
        "complexity", "complexity", "Mean heat: how much of the image is hot.", higherIsBetter: false)
    package static let adcc = Metric(
        "adcc", "ADCC", "Harmonic mean of coherency, lack of complexity, and what the drop leaves.")
    package static let arcc = Metric(
        "arcc", "ARCC", "Harmonic mean of coherency, lack of complexity, and twice ROAD.")

    /// Whether the score depends on what is hot, in the order of reports.
    package static let ofDependence = [
        insertion, deletion, road, drop, increase, coherency, complexity, adcc, arcc,
    ]

    package static let sensitivity = Metric(
        "sensitivity", "sensitivity",
        "Largest change of the map when the image changes by 2 % of its range, as a share of the map.",
        higherIsBetter: false)
}

extension DependenceFigures {
    /// By the metrics' keys; what was not measured is missing.
    package var byKey: [String: Double] {
        let pairs: [(Metric, Double?)] = [
            (.insertion, insertion.area), (.deletion, deletion.area), (.road, road.score), (.drop, drop),
            (.increase, increases ? 1 : 0), (.coherency, coherency), (.complexity, complexity), (.adcc, adcc),
            (.arcc, arcc),
        ]
        return Dictionary(uniqueKeysWithValues: pairs.compactMap { metric, value in value.map { (metric.key, $0) } })
    }

    /// By the keys of `DependenceMeasurement.series`.
    package var curvesByKey: [String: [Double]] {
        ["insertion": insertion.probabilities, "deletion": deletion.probabilities]
    }
}
