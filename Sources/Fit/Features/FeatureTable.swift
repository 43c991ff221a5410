/// Features of pictures, a row for each view of each example: [count, width], row-major.
package struct FeatureTable: Sendable, Equatable {
    /// Features a row.
    package let width: Int
    package private(set) var values: [Float] = []
    /// Of each row, the example that it is a view of. Views of one example lie behind each other, the example as it is first,
    /// and are never parted.
    package private(set) var examples: [Int] = []

    /// Rows.
    package var count: Int { examples.count }

    package init(width: Int) {
        precondition(width > 0)
        self.width = width
    }

    package mutating func reserveCapacity(rows: Int) {
        values.reserveCapacity(rows * width)
        examples.reserveCapacity(rows)
    }

    /// - Parameter row: `width` finite numbers.
    package mutating func append(_ row: some Collection<Float>, example: Int) {
        precondition(row.count == width)
        values.append(contentsOf: row)
        examples.append(example)
    }

    package subscript(row: Int) -> ArraySlice<Float> { values[row * width..<(row + 1) * width] }

    /// Some of the rows, in the order in which they are named, as rows of the same examples.
    package func rows(_ rows: some Collection<Int>) -> FeatureTable {
        var chosen = FeatureTable(width: width)
        chosen.reserveCapacity(rows: rows.count)
        for row in rows { chosen.append(self[row], example: examples[row]) }
        return chosen
    }
}
