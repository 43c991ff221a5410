/// Where the sums of a tally stand.
package struct TallyLayout: Sendable, Equatable {
    /// Whose means are taken, by their keys.
    package let means: [Metric]
    package let hasBoxes: Bool
    package let hasMasks: Bool
    /// Whose means at each position are taken.
    package let series: [Series]
    /// Where the sums of each series begin: the number of its pictures, then a sum for each position.
    private let starts: [Int]
    let size: Int

    package init(means: [Metric], hasBoxes: Bool, hasMasks: Bool, series: [Series] = []) {
        (self.means, self.hasBoxes, self.hasMasks, self.series) = (means, hasBoxes, hasMasks, series)
        let swept = Curve.allCases.count * BoxSweep.thresholds
        var end =
            2 * means.count + 2 + (hasMasks ? swept + 2 * MaskSweep.bins : hasBoxes ? swept - BoxSweep.thresholds : 0)
        var starts: [Int] = []
        for one in series {
            starts.append(end)
            end += 1 + one.positions.count
        }
        (self.starts, size) = (starts, end)
    }

    /// All that a tally gives, in the order of reports.
    package var metrics: [Metric] {
        let boxes: [Metric] = hasBoxes ? [.maxBoxAcc, .maxBoxAccV2, .boxIoU] : []
        let masks: [Metric] = hasMasks ? [.pixelAP, .maskIoU] : []
        let own = boxes + masks
        let places = Metric.ofPlaces.filter { own.contains($0) || means.contains($0) }
        return places + means.filter { !places.contains($0) }
    }

    /// A sum that is taken at each threshold.
    enum Curve: Int, CaseIterable {
        /// Boxes that are right: the largest at an overlap of 0.5, any at 0.3, 0.5 and 0.7.
        case largest, any30, any50, any70
        case boxOverlap, maskOverlap

        static let ofAny: [(curve: Curve, overlap: Float)] = [(.any30, 0.3), (.any50, 0.5), (.any70, 0.7)]
    }

    /// A mean's sum and the number of its pictures.
    func mean(_ number: Int) -> (sum: Int, count: Int) { (2 * number, 2 * number + 1) }
    var boxCount: Int { 2 * means.count }
    var maskCount: Int { 2 * means.count + 1 }
    func curve(_ curve: Curve) -> Range<Int> {
        let start = 2 * means.count + 2 + curve.rawValue * BoxSweep.thresholds
        return start..<start + BoxSweep.thresholds
    }
    var object: Range<Int> { histogram(0) }
    var background: Range<Int> { histogram(1) }
    /// How many pictures have a series, and its sums.
    func series(_ number: Int) -> (count: Int, sums: Range<Int>) {
        (starts[number], starts[number] + 1..<starts[number] + 1 + series[number].positions.count)
    }

    private func histogram(_ number: Int) -> Range<Int> {
        let start = curve(.maskOverlap).upperBound + number * MaskSweep.bins
        return start..<start + MaskSweep.bins
    }
}
