/// Which pictures of a stream the classifier looks at: one of so many, and at most so many a second.
package struct InferencePace: Sendable {
    private let every: Int
    /// Seconds from one to the next; nil: as many as there are.
    private let interval: Double?
    /// Pictures that are still to be left out.
    private var left = 0
    /// When the next is due, and when the last picture was.
    private var due = -Double.infinity
    private var last = -Double.infinity

    /// - Parameters:
    ///   - every: 1: all of them.
    ///   - rate: a second; nil: as many as there are.
    package init(every: Int, rate: Double?) {
        self.every = every
        interval = rate.map { 1 / $0 }
    }

    /// Whether any picture is left out.
    package var leavesOut: Bool { every > 1 || interval != nil }

    /// The next picture is looked at.
    package mutating func forget() { (left, due, last) = (0, -.infinity, -.infinity) }

    /// - Parameter seconds: the picture's presentation time.
    package mutating func takes(_ seconds: Double) -> Bool {
        // Where time goes back, a stream has begun anew.
        if seconds < last { forget() }
        last = seconds
        guard left == 0 else {
            left -= 1
            return false
        }
        if let interval {
            // Times are rounded, and a picture that is due in less than that is.
            guard seconds >= due - 0.002 else { return false }
            // So the rate holds on average, and what was missed is not made up for.
            due = seconds - due < interval ? due + interval : seconds + interval
        }
        left = every - 1
        return true
    }
}
