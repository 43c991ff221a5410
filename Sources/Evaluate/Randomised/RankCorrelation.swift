/// How alike the orders are in which two maps put places.
package enum RankCorrelation {
    /// Spearman 1904: the correlation of ranks, of equal values the mean of theirs. 0 where a map is the same everywhere.
    ///
    /// - Returns: -1...1.
    package static func spearman(_ one: [Float], _ other: [Float]) -> Double {
        precondition(one.count == other.count)
        let (a, b) = (ranks(one), ranks(other))
        let middle = Double(a.count - 1) / 2
        var (product, squares, others) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            product += (x - middle) * (y - middle)
            squares += (x - middle) * (x - middle)
            others += (y - middle) * (y - middle)
        }
        let scale = (squares * others).squareRoot()
        return scale > 0 ? product / scale : 0
    }

    private static func ranks(_ values: [Float]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var first = 0
        while first < order.count {
            var end = first + 1
            while end < order.count, values[order[end]] == values[order[first]] { end += 1 }
            for position in first..<end { ranks[order[position]] = Double(first + end - 1) / 2 }
            first = end
        }
        return ranks
    }
}
