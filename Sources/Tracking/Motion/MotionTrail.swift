import Synchronization

/// How pictures moved, one after the other, so that the map of an earlier one can be brought up to a later one. Nothing is
/// allocated after `init`.
package final class MotionTrail: @unchecked Sendable {  // safe: the thread that notes has the search, the lock the past
    /// Pictures that are looked back on.
    package static let depth = 64

    /// How much of the picture that was noted last comes from the one before, 0...1. For the thread that notes.
    package private(set) var explainedShare: Float = 0

    private let search: MotionSearch
    /// Of the picture that is being searched.
    private var arriving: MotionField
    private let past: Mutex<Past>

    private struct Past {
        /// Of picture n from the one before, at n modulo `depth`.
        var steps: [MotionField]
        /// How many pictures were noted.
        var count = 0
    }

    package init(_ search: MotionSearch) {
        self.search = search
        arriving = search.makeField()
        // One by one: copies would share their memory until the first change.
        past = Mutex(Past(steps: (0..<Self.depth).map { _ in search.makeField() }))
    }

    /// Notes the next picture. For one thread.
    ///
    /// - Parameter input: 8-bit `[height, width, channels]`.
    /// - Returns: its number.
    package func note(_ input: UnsafeRawBufferPointer) -> Int {
        // Outside of the lock: it takes half a millisecond, and others ask meanwhile.
        search.next(input, into: &arriving)
        explainedShare = arriving.explainedShare
        return past.withLock { past in
            swap(&past.steps[past.count % Self.depth], &arriving)
            past.count += 1
            return past.count - 1
        }
    }

    /// What comes next does not follow from what was. For the thread that notes.
    package func forget() { search.forget() }

    /// For one thread's questions.
    package func makeRoute() -> MotionRoute { MotionRoute(self, search.makeField(), search.makeField()) }

    fileprivate func find(from first: Int, to last: Int, _ field: inout MotionField, _ scratch: inout MotionField)
        -> Bool
    {
        past.withLock { past in
            precondition(first <= last && last < past.count)
            field.setIdentity()
            guard past.count - first <= Self.depth else { return false }
            for step in first..<last {
                swap(&field, &scratch)
                field.compose(scratch, then: past.steps[(step + 1) % Self.depth])
                guard field.isKnown else { return false }
            }
            return true
        }
    }
}

/// How the pictures of a trail moved over several steps. For one thread, which need not be the one that notes them.
package struct MotionRoute {
    /// What `find` found last.
    package private(set) var field: MotionField
    private var scratch: MotionField
    private let trail: MotionTrail

    fileprivate init(_ trail: MotionTrail, _ field: MotionField, _ scratch: MotionField) {
        self.trail = trail
        self.field = field
        self.scratch = scratch
    }

    /// Sets `field` to how the picture moved from one to a later one.
    ///
    /// - Returns: whether that is known.
    package mutating func find(from first: Int, to last: Int) -> Bool {
        trail.find(from: first, to: last, &field, &scratch)
    }
}
