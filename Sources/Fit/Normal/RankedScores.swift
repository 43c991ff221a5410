/// How well a number tells two kinds apart: the area under the ROC curve, of any number of numbers in little memory.
///
/// That area is the share of pairs in which the one kind's number is the larger one, equal ones counting half (Hanley and
/// McNeil 1982, doi:10.1148/radiology.143.1.7063747). Numbers count by their 20 leading bits: those within 1/2048
/// may count as equal.
struct RankedScores {
    private var anomalous = [UInt64](repeating: 0, count: 1 << 19)
    private var good = [UInt64](repeating: 0, count: 1 << 19)

    /// - Parameter score: finite, not below 0.
    mutating func add(_ score: Float, isAnomalous: Bool) {
        // Bits of numbers that are not below 0 are in the numbers' order.
        let bin = Int(max(0, score).bitPattern >> 12)
        if isAnomalous { anomalous[bin] += 1 } else { good[bin] += 1 }
    }

    /// The good ones of another.
    mutating func addGood(of other: RankedScores) {
        for bin in good.indices { good[bin] += other.good[bin] }
    }

    mutating func addAll(of other: RankedScores) {
        addGood(of: other)
        for bin in anomalous.indices { anomalous[bin] += other.anomalous[bin] }
    }

    /// nil: one of both kinds is missing.
    var area: Double? {
        var (below, pairs, total) = (0.0, 0.0, 0.0)
        for bin in good.indices where good[bin] > 0 || anomalous[bin] > 0 {
            pairs += Double(anomalous[bin]) * (below + Double(good[bin]) / 2)
            below += Double(good[bin])
            total += Double(anomalous[bin])
        }
        return below > 0 && total > 0 ? pairs / (below * total) : nil
    }
}
