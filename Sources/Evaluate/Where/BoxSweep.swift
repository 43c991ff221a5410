import Pipeline

/// How well boxes around what is hotter than a threshold fit the true boxes, threshold by threshold.
///
/// The rule of Choe et al. 2020, arXiv:2001.07437, section 3.2, and of its code: heat as 8-bit numbers, strictly above the
/// threshold, boxes around contours.
package struct BoxSweep: Sendable, Equatable {
    /// Of the box around the contour that encloses most: its best overlap with a true box, Float `[thresholds]`.
    package let largest: [Float]
    /// The best overlap of any contour's box with any true box, Float `[thresholds]`.
    package let best: [Float]

    /// Thresholds 0...254 of 255: below the hottest pixel.
    package static let thresholds = 255

    init(largest: [Float], best: [Float]) { (self.largest, self.best) = (largest, best) }

    /// - Parameter boxes: at least one.
    package init(_ field: HeatField, boxes: [TrueBox]) {
        precondition(!boxes.isEmpty)
        let truth = boxes.map(\.corners)
        let bytes = field.bytes
        var isThere = [Bool](repeating: false, count: 256)
        for byte in bytes { isThere[Int(byte)] = true }
        var search = ContourSearch(bytes, width: field.width, height: field.height)
        var (largest, best): ([Float], [Float]) = ([], [])
        for level in 0..<Self.thresholds {
            // Where no pixel is lost, nothing changes.
            if level > 0, !isThere[level] {
                largest.append(largest[level - 1])
                best.append(best[level - 1])
                continue
            }
            var (mostArea, ofLargest, ofAny): (Int, Float, Float) = (-1, 0, 0)
            search(above: UInt8(level)) { contour in
                // As there: one beyond the last pixel, unless the picture ends.
                let box = WholeBox(
                    x0: contour.box.x0, y0: contour.box.y0, x1: min(contour.box.x1, field.width - 1),
                    y1: min(contour.box.y1, field.height - 1))
                let overlap = truth.reduce(0) { max($0, $1.overlap(box)) }
                ofAny = max(ofAny, overlap)
                if contour.twiceArea >= mostArea { (mostArea, ofLargest) = (contour.twiceArea, overlap) }
            }
            if mostArea < 0 {
                let nothing = WholeBox(x0: 0, y0: 0, x1: 0, y1: 0)
                ofLargest = truth.reduce(0) { max($0, $1.overlap(nothing)) }
                ofAny = ofLargest
            }
            largest.append(ofLargest)
            best.append(ofAny)
        }
        (self.largest, self.best) = (largest, best)
    }
}
