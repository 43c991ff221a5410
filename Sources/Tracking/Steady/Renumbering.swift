package import Pipeline

/// Where the classes of one list stand in another, so that what is known of a class goes on with it.
package struct Renumbering: Sendable {
    private let numbers: [Int?]
    /// Of the classes in the other list.
    package let count: Int

    /// By their names, each of which is there once.
    package init(from old: [String], to new: [String]) {
        let places = Dictionary(zip(new, new.indices)) { first, _ in first }
        (numbers, count) = (old.map { places[$0] }, new.count)
    }

    /// In the same order under other names.
    package init(renaming count: Int) { (numbers, self.count) = (Array(0..<count), count) }

    /// A class's new number; nil: it is not there any more.
    package subscript(classID: Int) -> Int? { numbers.indices.contains(classID) ? numbers[classID] : nil }

    /// The target that explains the same; nil: one of its classes is not there any more.
    package subscript(target: ExplanationTarget) -> ExplanationTarget? {
        var weights: [Int: Float] = [:]
        for term in target.terms {
            guard let element = self[term.element] else { return nil }
            weights[element] = term.weight
        }
        return ExplanationTarget(weights)
    }

    /// Values of the classes in their new places; 0 for new ones.
    func moved(_ values: [Float]) -> [Float] {
        var moved = [Float](repeating: 0, count: count)
        for (classID, value) in values.enumerated() {
            if let number = self[classID] { moved[number] = value }
        }
        return moved
    }
}
