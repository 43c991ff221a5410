/// Numbers kept in order in memory that is given: a few hundred, sorted as they come.
struct SortedNumbers {
    private let values: UnsafeMutableBufferPointer<Float>
    private(set) var count = 0

    /// - Parameter memory: has room for all that will be inserted.
    init(_ memory: UnsafeMutableBufferPointer<Float>) { values = memory }

    mutating func insert(_ value: Float) {
        var place = count
        while place > 0, values[place - 1] > value {
            values[place] = values[place - 1]
            place -= 1
        }
        values[place] = value
        count += 1
    }

    /// The value below which a share (0..<1) of the numbers lie; nil if there are none.
    func value(atShare share: Float) -> Float? { count > 0 ? values[Int(Float(count) * share)] : nil }
}
