/// How pictures moved, one after the other, so that the map of an earlier one can be brought up to a later one. For one
/// thread at a time; nothing is allocated after `init`.
package final class MotionTrail {
    /// Pictures that are looked back on.
    package static let depth = 64

    /// From one picture to another: what `find` found last.
    package private(set) var field: MotionField

    private let search: MotionSearch
    /// Of picture n from the one before, at n modulo `depth`.
    private var steps: [MotionField]
    private var scratch: MotionField
    /// How many pictures were noted.
    private var count = 0

    package init(_ search: MotionSearch) {
        self.search = search
        // One by one: copies would share their memory until the first change.
        steps = (0..<Self.depth).map { _ in search.makeField() }
        field = search.makeField()
        scratch = search.makeField()
    }

    /// Notes the next picture.
    ///
    /// - Parameter input: 8-bit `[height, width, channels]`.
    /// - Returns: its number.
    package func note(_ input: UnsafeRawBufferPointer) -> Int {
        search.next(input, into: &steps[count % Self.depth])
        count += 1
        return count - 1
    }

    /// How much of the picture that was noted last comes from the one before, 0...1.
    package var explainedShare: Float { steps[(count - 1) % Self.depth].explainedShare }

    /// What comes next does not follow from what was.
    package func forget() { search.forget() }

    /// Sets `field` to how the picture moved from one to a later one.
    ///
    /// - Returns: whether that is known.
    package func find(from first: Int, to last: Int) -> Bool {
        precondition(first <= last && last < count)
        field.setIdentity()
        guard count - first <= Self.depth else { return false }
        for step in first..<last {
            swap(&field, &scratch)
            field.compose(scratch, then: steps[(step + 1) % Self.depth])
            guard field.isKnown else { return false }
        }
        return true
    }
}
