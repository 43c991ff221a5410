import Glibc
import Pipeline

/// Detectors that choose by themselves.
extension DetectorLayout {
    /// The decoder `end-to-end`.
    func decodeChosen(_ values: UnsafeBufferPointer<Float>, _ take: (Detection) -> Void) {
        guard let start = values.baseAddress else { return }
        let rows = values.count / 6
        // Rows that are left over are all 0. A box in pixels that reaches no further than 2 is none that anybody looks for.
        let isInShares = (0..<rows).allSatisfy { row in (0..<4).allSatisfy { !(start[6 * row + $0] > 2) } }
        let scale = scale(inShares: isInShares)
        for row in 0..<rows {
            let told = start + 6 * row
            guard let classID = Self.classID(told[5]) else { continue }
            take(
                Detection(
                    classID: classID, score: told[4], box: box(told, scale), candidate: row, element: 6 * row + 4))
        }
    }

    /// The decoder `torchvision`.
    func decodeFound(
        boxes: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Float>, scores: UnsafeBufferPointer<Float>,
        _ take: (Detection) -> Void
    ) {
        guard let start = boxes.baseAddress else { return }
        // Few boxes may all be small, so only those whose format was named can be in shares.
        let scale = scale(inShares: boxFormat != nil && !boxes.contains { $0 > 2 })
        for row in 0..<min(boxes.count / 4, labels.count, scores.count) {
            guard let classID = Self.classID(labels[row]) else { continue }
            let box = box(start + 4 * row, scale)
            take(Detection(classID: classID, score: scores[row], box: box, candidate: row))
        }
    }

    private static func classID(_ number: Float) -> Int? {
        Int(exactly: number.rounded()).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// The decoder `detr`.
    func decodeQueries(
        boxes: UnsafeBufferPointer<Float>, logits: UnsafeBufferPointer<Float>, _ take: (Detection) -> Void
    ) {
        guard let start = logits.baseAddress, let boxStart = boxes.baseAddress, let classes else { return }
        let count = fit.rowLength
        let (width, height) = (Double(inputWidth), Double(inputHeight))
        for row in 0..<min(boxes.count / 4, logits.count / count) {
            let first = start + row * count
            guard let best = highest(first, count: classes) else { continue }
            // One logit more than there are classes is that of "no object", which all are compared with.
            let score =
                count > classes ? softmax(of: best.value, among: first, count: count) : 1 / (1 + expf(-best.value))
            let told = boxStart + 4 * row
            let box = Region(
                centreX: Double(told[0]) * width, Double(told[1]) * height, width: Double(told[2]) * width,
                height: Double(told[3]) * height)
            take(
                Detection(
                    classID: best.index, score: score, box: box, candidate: row, element: row * count + best.index))
        }
    }

    private func softmax(of logit: Float, among logits: UnsafePointer<Float>, count: Int) -> Float {
        var sum: Float = 0
        for i in 0..<count { sum += expf(logits[i] - logit) }
        return 1 / sum
    }
}
