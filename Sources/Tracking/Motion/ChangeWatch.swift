import CMotion

/// Tells whether a picture differs from an earlier one by more than noise, from the classifier's own small input.
///
/// Compared are means of square blocks, in which little is left of a sensor's noise. How much that is, is estimated from the blocks
/// that change least between neighbouring pictures. A change of brightness of the whole picture is none. For one thread at a time; nothing is
/// allocated after `init`.
package final class ChangeWatch {
    private let width: Int
    private let height: Int
    private let channels: Int
    private let factor: Int
    private let columns: Int
    private let rows: Int
    private let version = cmotion_fastest()
    private let memory: UnsafeMutablePointer<Float>
    private let sums: UnsafeMutablePointer<UInt16>
    /// Of the picture that came last, the one before it, and the one that is compared with.
    private var current: [Float]
    private var previous: [Float]
    private var reference: [Float]
    private var differences: [Float]
    private var sorted: [Float]
    private var hasPrevious = false
    private var hasReference = false
    /// Standard deviation of a block's mean between pictures in which nothing changes, in grey levels of 255.
    private(set) var noise: Float = 0.3

    /// Blocks along the shorter side, about.
    private static let blocks = 28
    /// Grey levels by which a block has changed whatever the noise, and standard deviations of it.
    private static let leastChange: Float = 5
    private static let deviations: Float = 4
    /// Blocks of 1000 that must have changed: fewer are no thing that a classifier sees.
    private static let fewest = 10
    /// More noise than this is motion.
    private static let mostNoise: Float = 1.5
    /// Weight of a new picture in the estimate.
    private static let weight: Float = 0.1

    /// - Parameters:
    ///   - width, height, channels: of the input, 8-bit `[height, width, channels]` with 1 or 3 channels.
    package init(width: Int, height: Int, channels: Int) {
        precondition(channels == 1 || channels == 3)
        (self.width, self.height, self.channels) = (width, height, channels)
        factor = min(max(min(width, height) / Self.blocks, 1), 64)
        (columns, rows) = (max(width / factor, 1), max(height / factor, 1))
        memory = .allocate(capacity: columns * rows + 16)
        sums = .allocate(capacity: columns * factor + 16)
        current = [Float](repeating: 0, count: columns * rows)
        (previous, reference, differences, sorted) = (current, current, current, current)
    }

    deinit {
        memory.deallocate()
        sums.deallocate()
    }

    /// Looks at the next picture.
    ///
    /// - Parameter input: 8-bit `[height, width, channels]`.
    /// - Returns: whether it differs from the one that was kept; true if there is none.
    package func differs(_ input: UnsafeRawBufferPointer) -> Bool {
        precondition(input.count == width * height * channels)
        swap(&previous, &current)
        fill(input)
        if hasPrevious { estimateNoise() }
        hasPrevious = true
        guard hasReference else { return true }
        let median = compare(current, reference)
        let threshold = max(Self.leastChange, Self.deviations * noise * Float(2).squareRoot())
        let changed = differences.count { abs($0 - median) > threshold }
        return changed * 1000 >= max(Self.fewest * differences.count, 2000)
    }

    /// The picture that came last is the one that later ones are compared with.
    package func keep() {
        reference.withUnsafeMutableBufferPointer { reference in
            current.withUnsafeBufferPointer { _ = reference.update(fromContentsOf: $0) }
        }
        hasReference = true
    }

    /// The next picture differs.
    package func forget() { (hasReference, hasPrevious) = (false, false) }

    private func fill(_ input: UnsafeRawBufferPointer) {
        let plane = cmotion_plane(start: memory, stride: columns, width: Int32(columns), height: Int32(rows))
        cmotion_shrink(
            plane, input.baseAddress!.assumingMemoryBound(to: UInt8.self), width * channels, Int32(channels),
            Int32(factor), sums, version)
        current.withUnsafeMutableBufferPointer { current in
            _ = current.update(fromContentsOf: UnsafeBufferPointer(start: memory, count: current.count))
        }
    }

    /// The quarter of the blocks that changes least does so by noise alone, unless the whole picture moves.
    private func estimateNoise() {
        let median = compare(current, previous)
        for index in differences.indices { differences[index] = abs(differences[index] - median) }
        differences.sort()
        // The first quartile of the absolute values of a normal distribution is 0.3186 standard deviations.
        let deviation = differences[differences.count / 4] / 0.3186 / Float(2).squareRoot()
        noise += Self.weight * (min(deviation, Self.mostNoise) - noise)
    }

    /// Fills `differences`.
    ///
    /// - Returns: their median, the change of brightness.
    private func compare(_ one: [Float], _ other: [Float]) -> Float {
        for index in differences.indices { differences[index] = one[index] - other[index] }
        for index in sorted.indices { sorted[index] = differences[index] }
        sorted.sort()
        return sorted[sorted.count / 2]
    }
}
