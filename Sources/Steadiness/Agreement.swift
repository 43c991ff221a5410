/// How far two recordings of a clip say the same of each picture.
package struct Agreement {
    private let facts: ClipFacts
    /// How many pictures the classifier looked at, of all.
    private let looks: (Int, Int)
    private let one: MapSequence
    private let other: MapSequence

    package static let goals = (correlation: Goal.atLeast(0.98), delay: Goal.atMost(1))

    /// - Parameters:
    ///   - one, other: of the same pictures; the other one is measured against the first.
    ///   - looks: how many of the pictures the classifier looked at, for each.
    package init(_ facts: ClipFacts, _ one: MapSequence, _ other: MapSequence, looks: (Int, Int)) {
        precondition(one.count == other.count && one.count > 0)
        (self.facts, self.one, self.other, self.looks) = (facts, one, other, looks)
    }

    package var rows: [Report.Row] {
        func share(_ count: Int) -> Double { Double(count) * 100 / Double(one.count) }
        return [
            Report.Row(facts.name, .lookedAt, raw: share(looks.0), steady: share(looks.1)),
            correlation.map { Report.Row(facts.name, .agreement, raw: 1, steady: $0, Self.goals.correlation) },
            delay.map { Report.Row(facts.name, .labelDelay, raw: 0, steady: Double($0), Self.goals.delay) },
        ].compactMap(\.self)
    }

    /// Mean of the maps' correlation over the pictures in which one of them has heat that differs from place to place; nil: there is
    /// none.
    private var correlation: Double? {
        let pairs = zip(one.maps, other.maps).filter { !$0.isConstant || !$1.isConstant }
        guard !pairs.isEmpty else { return nil }
        return pairs.reduce(0) { $0 + Fidelity.correlation($1.0, $1.1) } / Double(pairs.count)
    }

    /// Pictures until a class that comes in one recording is there in the other one, the slowest one; where it does not
    /// come as long as it stays, those for which it stays. nil: no class comes.
    private var delay: Int? {
        let starts = one.classes.indices.dropFirst().filter { one.classes[$0] != one.classes[$0 - 1] }
        let ends = starts.dropFirst() + [one.count]
        return zip(starts, ends).map { start, end in
            let stay = start..<end
            return (stay.first { other.classes[$0] == one.classes[start] } ?? end) - start
        }.max()
    }
}
