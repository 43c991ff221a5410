import Pipeline

/// A class that stands for "nothing of the others": empty desks, people passing, whatever is not looked for.
package enum NegativeClass {
    /// Whether people who name their own classes mean it by this name, in any case.
    package static func isMeant(by name: String) -> Bool {
        ["none", "other", "background"].contains(name.lowercased())
    }

    /// Numbers of those that are meant so; none where all are, since then they are what is to be told apart.
    package static func numbers(among names: [String]) -> Set<Int> {
        let found = Set(names.indices.filter { isMeant(by: names[$0]) })
        return found.count == names.count ? [] : found
    }
}

extension ModelCard {
    /// Says which classes are meant so, where users have named them: cards that were written here did not always.
    mutating func nameNegatives() {
        guard negative == nil, case .list(let names) = labels else { return }
        let found = NegativeClass.numbers(among: names).sorted().map { names[$0] }
        if !found.isEmpty { negative = found }
    }
}

extension ModelFiles {
    /// Numbers of the classes that the card calls negative.
    ///
    /// Whoever names both a card and classes must name classes that there are; where the classes' names come from somewhere
    /// else, what the card calls negative is not about them.
    ///
    /// - Parameter notes: gets a line for what is left out.
    static func negatives(_ merged: MergedCard, _ notes: inout [String]) throws(InferError) -> Set<Int> {
        guard let wanted = merged.card.negative, let source = merged.sources["negative"] else { return [] }
        var names: [String] = []
        if case .list(let list) = merged.card.labels { names = list }
        var found: Set<Int> = []
        for name in wanted {
            let numbers = names.indices.filter { names[$0] == name }
            found.formUnion(numbers)
            guard numbers.isEmpty else { continue }
            guard source.isNamedByUser || source.name == merged.sources["labels"]?.name else {
                notes.append("\(source.name) calls '\(Printable.beginning(name))' negative, which is no class here")
                continue
            }
            throw .card(
                .inFile(
                    path: source.file,
                    .outOfRange(key: "negative", value: Printable.beginning(name), allowed: "names among the labels")))
        }
        guard names.isEmpty || found.count < names.count else {
            throw .card(
                .inFile(
                    path: source.file,
                    .outOfRange(
                        key: "negative", value: wanted.map { Printable.beginning($0) }.joined(separator: ", "),
                        allowed: "not all of the labels")))
        }
        return found
    }
}
