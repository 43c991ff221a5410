/// An output of a detector.
package struct DetectorTensor: Sendable, Equatable, CustomStringConvertible {
    package let name: String
    /// nil: known only when it runs.
    package let shape: [Int?]
    /// Whether its values are whole numbers, as labels are.
    package let isWhole: Bool

    package init(name: String, shape: [Int?], isWhole: Bool = false) {
        self.name = name
        self.shape = shape
        self.isWhole = isWhole
    }

    /// "boxes [?, 4]".
    package var description: String {
        "\(name) [\(shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", "))]"
    }

    /// The axes behind the batch of one picture; nil: it has another number of them, or another batch.
    func axes(_ count: Int) -> [Int?]? {
        guard shape.count == count + 1, shape[0] ?? 1 == 1 else { return nil }
        return Array(shape.dropFirst())
    }

    /// The axes, whether or not there is one of 1 before.
    func axesOrBatch(_ count: Int) -> [Int?]? { shape.count == count ? shape : axes(count) }

    func isCalled(_ words: String...) -> Bool {
        let name = name.lowercased()
        return words.contains { name.contains($0) }
    }
}
