/// Places in a contest.
package enum Ranks {
    /// - Parameter values: what is no number has no place.
    /// - Returns: 1 is the best; those that are equal share the place of the first of them.
    package static func of(_ values: [Double], higherIsBetter: Bool) -> [Int?] {
        values.map { value in
            guard value.isFinite else { return nil }
            return 1 + values.count { $0.isFinite && (higherIsBetter ? $0 > value : $0 < value) }
        }
    }
}
