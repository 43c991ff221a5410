/// What one method's maps of some pictures come to: sums, from which every figure follows, so that it takes the same room for one
/// picture and for a million, and pictures can be weighted.
package struct Tally: Sendable {
    package let layout: TallyLayout
    /// As `TallyLayout` says.
    private(set) var sums: [Float]

    package init(_ layout: TallyLayout) {
        self.layout = layout
        sums = [Float](repeating: 0, count: layout.size)
    }

    /// Adds a picture.
    ///
    /// - Parameter figures: by the metrics' keys; what is missing counts for nothing.
    package mutating func add(_ figures: [String: Double], boxes: BoxSweep?, mask: MaskSweep?) {
        add(figures, boxes: boxes, mask: mask) { _ in nil }
    }

    /// - Parameter curve: the picture's figures at the positions of a series; nil: it has none.
    mutating func add(
        _ figures: [String: Double], boxes: BoxSweep?, mask: MaskSweep?, curve: (Series) -> [Float]?
    ) {
        for (number, metric) in layout.means.enumerated() {
            guard let figure = figures[metric.key], figure.isFinite else { continue }
            let place = layout.mean(number)
            sums[place.sum] += Float(figure)
            sums[place.count] += 1
        }
        if layout.hasBoxes, let boxes {
            sums[layout.boxCount] += 1
            count(boxes.largest, from: 0.5, .largest)
            for (curve, overlap) in TallyLayout.Curve.ofAny { count(boxes.best, from: overlap, curve) }
            for (place, overlap) in zip(layout.curve(.boxOverlap), boxes.largest) { sums[place] += overlap }
        }
        if layout.hasMasks, let mask {
            sums[layout.maskCount] += 1
            for (place, overlap) in zip(layout.curve(.maskOverlap), mask.overlap) { sums[place] += overlap }
            for (place, pixels) in zip(layout.object, mask.object) { sums[place] += Float(pixels) }
            for (place, pixels) in zip(layout.background, mask.background) { sums[place] += Float(pixels) }
        }
        for (number, series) in layout.series.enumerated() {
            guard let values = curve(series) else { continue }
            let place = layout.series(number)
            sums[place.count] += 1
            for (place, value) in zip(place.sums, values) { sums[place] += value }
        }
    }

    private mutating func count(_ overlaps: [Float], from overlap: Float, _ curve: TallyLayout.Curve) {
        for (place, found) in zip(layout.curve(curve), overlaps) where found >= overlap { sums[place] += 1 }
    }

    /// Adds other pictures, each so many times.
    mutating func add(_ other: Tally, times weight: Float) {
        precondition(other.sums.count == sums.count)
        sums.withUnsafeMutableBufferPointer { sums in
            other.sums.withUnsafeBufferPointer { others in
                for place in sums.indices { sums[place] += weight * others[place] }
            }
        }
    }

    // MARK: Figures

    /// In the order of the layout's metrics; no number where no picture tells.
    ///
    /// - Parameter thresholds: nil: for each figure the best one on these pictures.
    package func figures(at thresholds: Thresholds? = nil) -> [Double] {
        let means = Dictionary(uniqueKeysWithValues: layout.means.enumerated().map { ($1.key, $0) })
        return layout.metrics.map { metric in
            switch metric {
            case .maxBoxAcc: value(of: .largest, at: thresholds?.largest)
            case .maxBoxAccV2:
                zip(TallyLayout.Curve.ofAny, 0...).reduce(0) { sum, part in
                    sum + value(of: part.0.curve, at: thresholds?.any[part.1]) / 3
                }
            case .boxIoU: value(of: .boxOverlap, at: thresholds?.boxOverlap)
            case .maskIoU: value(of: .maskOverlap, at: thresholds?.maskOverlap)
            case .pixelAP:
                MaskSweep.averagePrecision(object: sums[layout.object], background: sums[layout.background])
            default: mean(means[metric.key]!)
            }
        }
    }

    private func mean(_ number: Int) -> Double {
        let place = layout.mean(number)
        return sums[place.count] > 0 ? Double(sums[place.sum] / sums[place.count]) : .nan
    }

    private func value(of curve: TallyLayout.Curve, at threshold: Int?) -> Double {
        let count = sums[curve == .maskOverlap ? layout.maskCount : layout.boxCount]
        guard count > 0 else { return .nan }
        let values = sums[layout.curve(curve)]
        return Double((threshold.map { values[values.startIndex + $0] } ?? values.max()!) / count)
    }

    /// A curve's mean at each threshold; nil: no picture has it.
    func curve(_ curve: TallyLayout.Curve) -> [Double]? {
        let count = sums[curve == .maskOverlap ? layout.maskCount : layout.boxCount]
        return count > 0 ? sums[layout.curve(curve)].map { Double($0 / count) } : nil
    }

    /// Means of the layout's series at their positions; of one that no picture has, nothing.
    var means: [[Double]] {
        layout.series.indices.map { number in
            let place = layout.series(number)
            return sums[place.count] > 0 ? sums[place.sums].map { Double($0 / sums[place.count]) } : []
        }
    }

    /// The thresholds that are best on these pictures.
    package struct Thresholds: Sendable, Equatable {
        let largest: Int
        /// At an overlap of 0.3, 0.5 and 0.7.
        let any: [Int]
        let boxOverlap: Int
        let maskOverlap: Int
    }

    package var thresholds: Thresholds {
        func best(_ curve: TallyLayout.Curve) -> Int {
            guard curve == .maskOverlap ? layout.hasMasks : layout.hasBoxes else { return 0 }
            let values = sums[layout.curve(curve)]
            return values.firstIndex(of: values.max()!)! - values.startIndex
        }
        return Thresholds(
            largest: best(.largest), any: TallyLayout.Curve.ofAny.map { best($0.curve) },
            boxOverlap: best(.boxOverlap), maskOverlap: best(.maskOverlap))
    }
}
