/// How often the class changes from picture to picture.
package struct LabelChurn: Sendable {
    /// The class that is drawn.
    package private(set) var shown = 0
    /// The most probable class of each picture alone.
    package private(set) var raw = 0
    private var last: (shown: Int, raw: Int)?

    package init() {}

    package mutating func note(shown: Int, raw: Int) {
        if let last {
            if last.shown != shown { self.shown += 1 }
            if last.raw != raw { self.raw += 1 }
        }
        last = (shown, raw)
    }

    /// Counts from 0 on again, while what was seen last is no other class for its new number.
    package mutating func renumber(_ numbers: Renumbering) {
        let last = last.flatMap { last in
            numbers[last.shown].flatMap { shown in numbers[last.raw].map { (shown: shown, raw: $0) } }
        }
        self = LabelChurn()
        self.last = last
    }

    /// What two have counted.
    package static func + (one: LabelChurn, other: LabelChurn) -> LabelChurn {
        var sum = LabelChurn()
        (sum.shown, sum.raw) = (one.shown + other.shown, one.raw + other.raw)
        return sum
    }

    /// In a few words.
    package var text: String { "\(shown) label \(shown == 1 ? "switch" : "switches"), \(raw) unsmoothed" }

    /// The next class is no change, whichever it is: while a user chooses, nothing switches by itself.
    package mutating func pause() { last = nil }
}
