import Pipeline

/// Detectors whose only scores are those of the classes.
extension DetectorLayout {
    /// The decoder `yolov8`.
    func decodeChannels(_ values: UnsafeBufferPointer<Float>, above minScore: Float, _ take: (Detection) -> Void) {
        let rows = values.count / fit.rowLength
        guard let start = values.baseAddress, let count = fit.scoreCount else { return }
        let scale = sharesScale(UnsafeBufferPointer(rebasing: values[..<(4 * rows)]))
        highestOfColumns(start + fit.firstScore * rows, classes: count, rows: rows) { row, classID, score in
            guard score >= minScore else { return }
            let box = Region(
                centreX: Double(start[row]) * scale.x, Double(start[rows + row]) * scale.y,
                width: Double(start[2 * rows + row]) * scale.x, height: Double(start[3 * rows + row]) * scale.y)
            take(
                Detection(
                    classID: classID, score: score, box: box, candidate: row,
                    element: (fit.firstScore + classID) * rows + row))
        }
    }

    /// The decoder `ssd`.
    func decodeScored(
        boxes: UnsafeBufferPointer<Float>, scores: UnsafeBufferPointer<Float>, above minScore: Float,
        _ take: (Detection) -> Void
    ) {
        let rows = min(boxes.count / 4, scores.count / fit.rowLength)
        guard let boxStart = boxes.baseAddress, let scoreStart = scores.baseAddress, let count = fit.scoreCount else {
            return
        }
        // One score more than there are classes is the background's, the first one.
        let background = count - (classes ?? count)
        let scale = sharesScale(boxes)
        func found(_ row: Int, _ classID: Int, _ score: Float) {
            guard score >= minScore else { return }
            let position = background + classID
            take(
                Detection(
                    classID: classID, score: score, box: box(boxStart + 4 * row, scale), candidate: row,
                    element: fit.isTransposed ? position * rows + row : row * count + position))
        }
        if fit.isTransposed {
            highestOfColumns(scoreStart + background * rows, classes: count - background, rows: rows) {
                found($0, $1, $2)
            }
        } else {
            for row in 0..<rows {
                let first = scoreStart + row * count + background
                if let best = highest(first, count: count - background) { found(row, best.index, best.value) }
            }
        }
    }

    /// What turns the numbers of boxes into pixels: the input's size where they are shares, which are about 1 at most. Boxes of
    /// pixels cover all of the input, so their mean is far above.
    private func sharesScale(_ boxes: UnsafeBufferPointer<Float>) -> (x: Double, y: Double) {
        scale(inShares: areShares(boxes))
    }

    /// - Parameter isSo: whether numbers are shares of the input, rather than pixels.
    func scale(inShares isSo: Bool) -> (x: Double, y: Double) {
        isSo ? (Double(inputWidth), Double(inputHeight)) : (1, 1)
    }

    /// Whether the mean of numbers is that of shares.
    func areShares(_ numbers: some Sequence<Float>) -> Bool {
        var (sum, count) = (0.0, 0)
        for value in numbers where value.isFinite {
            sum += Double(abs(value))
            count += 1
        }
        return count == 0 || sum <= 2 * Double(count)
    }

    /// - Parameters:
    ///   - told: the four numbers of a box.
    ///   - scale: of pixels to what they are told in.
    func box(_ told: UnsafePointer<Float>, _ scale: (x: Double, y: Double)) -> Region {
        let (a, b, c, d) = (Double(told[0]), Double(told[1]), Double(told[2]), Double(told[3]))
        return switch boxFormat ?? .xyxy {
        case .xyxy: Region(left: a * scale.x, top: b * scale.y, right: c * scale.x, bottom: d * scale.y)
        case .yxyx: Region(left: b * scale.x, top: a * scale.y, right: d * scale.x, bottom: c * scale.y)
        case .cxcywh: Region(centreX: a * scale.x, b * scale.y, width: c * scale.x, height: d * scale.y)
        }
    }

    /// The class with the highest score of each candidate, where scores lie class by class: read as they lie.
    ///
    /// - Parameter scores: `[classes, rows]`.
    private func highestOfColumns(
        _ scores: UnsafePointer<Float>, classes: Int, rows: Int, _ body: (_ row: Int, _ classID: Int, Float) -> Void
    ) {
        guard rows > 0 else { return }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: rows) { best in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: rows) { classOf in
                best.initialize(repeating: -.infinity)
                classOf.initialize(repeating: -1)
                for classID in 0..<classes {
                    let values = scores + classID * rows
                    for row in 0..<rows where values[row] > best[row] {
                        best[row] = values[row]
                        classOf[row] = Int32(classID)
                    }
                }
                for row in 0..<rows where classOf[row] >= 0 { body(row, Int(classOf[row]), best[row]) }
            }
        }
    }
}
