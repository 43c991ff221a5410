extension Metric {
    package static let redrawnRanks = Metric(
        "redrawn_ranks", "rank correlation, redrawn",
        "How alike the order of places is when half of the model's layers are drawn anew; of a map that depends on them, near 0.",
        higherIsBetter: false)
    package static let redrawnSimilarity = Metric(
        "redrawn_ssim", "SSIM, redrawn",
        "How alike maps look when half of the model's layers are drawn anew; 1: the same.", higherIsBetter: false)
}
