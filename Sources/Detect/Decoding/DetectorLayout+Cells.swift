import Glibc
import Pipeline

/// Detectors that tell boxes, how sure they are that there is something, and of which class it is.
extension DetectorLayout {
    /// The decoder `yolox`.
    func decodeCells(_ values: UnsafeBufferPointer<Float>, above minScore: Float, _ take: (Detection) -> Void) {
        guard let grids = fit.grids, let start = values.baseAddress else { return }
        let rows = min(values.count / fit.rowLength, grids.cells)
        let isInPixels = tellsPixels(values, rows: rows)
        grids.eachCell { cell, column, row, stride in
            guard cell < rows, let best = bestOfRow(start, cell, above: minScore) else { return }
            let told = start + cell * fit.rowLength
            let (x, y, w, h) = (Double(told[0]), Double(told[1]), Double(told[2]), Double(told[3]))
            let scale = Double(stride)
            let box =
                isInPixels
                ? Region(centreX: x, y, width: w, height: h)
                : Region(
                    centreX: (x + Double(column)) * scale, (y + Double(row)) * scale, width: exp(w) * scale,
                    height: exp(h) * scale)
            take(Detection(best, box, candidate: cell))
        }
    }

    /// Whether boxes are told in pixels of the input: then the mean of x is about half of its width, and else about 0.5. The
    /// middle of the two, by the factor, is where they part.
    private func tellsPixels(_ values: UnsafeBufferPointer<Float>, rows: Int) -> Bool {
        var (sum, count) = (0.0, 0)
        for row in 0..<rows where values[row * fit.rowLength].isFinite {
            sum += Double(values[row * fit.rowLength])
            count += 1
        }
        return count > 0 && sum / Double(count) > Double(inputWidth).squareRoot() / 2
    }

    /// The decoder `yolov5`.
    func decodeRows(_ values: UnsafeBufferPointer<Float>, above minScore: Float, _ take: (Detection) -> Void) {
        guard let start = values.baseAddress else { return }
        let rows = values.count / fit.rowLength
        // Where an anchor is tells as much as what it is.
        let scale = scale(inShares: areShares((0..<rows).lazy.map { start[$0 * fit.rowLength] }))
        for row in 0..<rows {
            guard let best = bestOfRow(start, row, above: minScore) else { continue }
            let told = start + row * fit.rowLength
            let box = Region(
                centreX: Double(told[0]) * scale.x, Double(told[1]) * scale.y,
                width: Double(told[2]) * scale.x,
                height: Double(told[3]) * scale.y)
            take(Detection(best, box, candidate: row))
        }
    }

    /// The class of a row with the highest score; nil: it is not sure enough. Most rows have nothing in them, which their
    /// objectness tells without a look at the classes.
    private func bestOfRow(_ start: UnsafePointer<Float>, _ row: Int, above minScore: Float) -> BestClass? {
        let objectness = start[row * fit.rowLength + 4]
        guard objectness >= minScore, let count = fit.scoreCount else { return nil }
        let first = row * fit.rowLength + fit.firstScore
        guard let best = highest(start + first, count: count), objectness * best.value >= minScore else { return nil }
        return BestClass(classID: best.index, score: objectness * best.value, element: first + best.index)
    }

    /// The highest of neighbouring values, the first of equal ones; those that are not numbers are none. nil: there is none.
    func highest(_ values: UnsafePointer<Float>, count: Int) -> (index: Int, value: Float)? {
        var (index, value) = (-1, -Float.infinity)
        for i in 0..<count where values[i] > value { (index, value) = (i, values[i]) }
        return index < 0 ? nil : (index, value)
    }
}

/// A candidate's class.
private struct BestClass {
    let classID: Int
    let score: Float
    /// Where its score lies.
    let element: Int
}

extension Detection {
    fileprivate init(_ best: BestClass, _ box: Region, candidate: Int) {
        self.init(classID: best.classID, score: best.score, box: box, candidate: candidate, element: best.element)
    }
}
