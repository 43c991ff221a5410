import Glibc

/// Probabilities of a classifier's logits, and the best of them.
struct Scores {
    /// Float `[classes]`.
    private(set) var probabilities: [Float]

    init(classes: Int) {
        probabilities = [Float](repeating: 0, count: classes)
    }

    /// Softmax over the classes, with the largest logit taken off first so that nothing overflows.
    mutating func setSoftmax(_ logits: UnsafeBufferPointer<Float>) {
        let largest = logits.max() ?? 0
        var sum: Float = 0
        for index in probabilities.indices {
            let value = expf(logits[index] - largest)
            probabilities[index] = value
            sum += value
        }
        for index in probabilities.indices { probabilities[index] /= sum }
    }

    /// Each class by itself, for models that end in a sigmoid.
    mutating func setSigmoid(_ logits: UnsafeBufferPointer<Float>) {
        for index in probabilities.indices { probabilities[index] = 1 / (1 + expf(-logits[index])) }
    }

    /// Numbers that are what they are called, in 0...1.
    mutating func setPlain(_ numbers: UnsafeBufferPointer<Float>) {
        // Written so that what is no number stays, and is told.
        for index in probabilities.indices {
            probabilities[index] = numbers[index] > 1 ? 1 : numbers[index] < 0 ? 0 : numbers[index]
        }
    }

    /// One class that is always there.
    mutating func setCertain() {
        for index in probabilities.indices { probabilities[index] = 1 }
    }

    /// Whether the last logits gave probabilities: an infinite or missing one spoils the sum, and with it all.
    var areFinite: Bool { probabilities.allSatisfy(\.isFinite) }

    /// The `count` most probable classes, best first; of equal ones the lower number first.
    ///
    /// - Parameter hidden: classes that are left out.
    func top(_ count: Int, without hidden: Set<Int> = []) -> [Int] {
        var best: [Int] = []
        best.reserveCapacity(count + 1)
        for candidate in probabilities.indices where hidden.isEmpty || !hidden.contains(candidate) {
            let probability = probabilities[candidate]
            if best.count == count, let last = best.last, !(probability > probabilities[last]) { continue }
            let place = best.firstIndex { probabilities[$0] < probability } ?? best.endIndex
            best.insert(candidate, at: place)
            if best.count > count { best.removeLast() }
        }
        return best
    }
}
