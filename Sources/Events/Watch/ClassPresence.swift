/// Whether a class is there, by how probable it is in one picture after the other. A class that flickers comes once: it goes only
/// when it has been clearly less probable for a while.
package struct ClassPresence: Sendable, Equatable {
    package enum Change: Sendable, Equatable {
        case came
        /// How long it was there, in seconds.
        case went(after: Double)
    }

    private enum State: Sendable, Equatable {
        case away
        /// Probable enough since then.
        case coming(since: Double)
        /// There since then, and too improbable since `weakSince`.
        case here(since: Double, weakSince: Double?)
    }

    /// The share of `above` below which a class is clearly less probable.
    package static let release = 0.8
    /// The time for which it must be, in seconds.
    package static let rest = 2.0

    private let above: Double
    private let delay: Double
    private var state = State.away

    /// - Parameters:
    ///   - above: how probable it must be, 0...1.
    ///   - delay: for how long, in seconds.
    package init(above: Double, for delay: Double = 0) { (self.above, self.delay) = (above, delay) }

    package var isHere: Bool { if case .here = state { true } else { false } }

    /// - Parameter time: of the capture, in seconds.
    package mutating func note(_ probability: Double, at time: Double) -> Change? {
        let isWeak = probability < above * Self.release
        switch state {
        case .away:
            guard probability >= above else { return nil }
            return begin(since: time, at: time)
        case .coming(let since):
            if isWeak {
                state = .away
                return nil
            }
            return probability >= above ? begin(since: since, at: time) : nil
        case .here(let since, let weakSince):
            guard isWeak else {
                state = .here(since: since, weakSince: nil)
                return nil
            }
            let start = weakSince ?? time
            guard time - start >= Self.rest else {
                state = .here(since: since, weakSince: start)
                return nil
            }
            state = .away
            return .went(after: start - since)
        }
    }

    /// Nothing is seen any more.
    package mutating func end(at time: Double) -> Change? {
        defer { state = .away }
        guard case .here(let since, let weakSince) = state else { return nil }
        return .went(after: max((weakSince ?? time) - since, 0))
    }

    private mutating func begin(since: Double, at time: Double) -> Change? {
        guard time - since >= delay else {
            state = .coming(since: since)
            return nil
        }
        state = .here(since: since, weakSince: nil)
        return .came
    }
}
