/// Which examples are learnt from, and which are held out to test what came of it.
package struct Split: Sendable, Equatable {
    /// Examples, ascending.
    package let training: [Int]
    package let heldOut: [Int]
    /// Classes of which nothing could be held out, since all their examples are one group (a single clip, say): nothing is
    /// known about how well they are recognised.
    package let unmeasured: [Int]

    /// Grouped and stratified: see `GroupedParts`. Every class has something to learn from, and, where it has two groups,
    /// something to test on.
    ///
    /// - Parameters:
    ///   - heldOutShare: 0 ..< 1 of the examples, about; groups are not parted for it.
    ///   - seed: another one gives another split.
    package init(_ examples: [LabelledExample], heldOutShare: Double, seed: UInt64 = 0) {
        precondition((0..<1).contains(heldOutShare))
        let classes = (examples.map(\.label).max() ?? -1) + 1
        guard heldOutShare > 0 else {
            (training, heldOut, unmeasured) = (Array(examples.indices), [], Array(0..<classes))
            return
        }
        var parts = GroupedParts.assign(examples, shares: [1 - heldOutShare, heldOutShare], seed: seed)
        for part in [0, 1] {
            for label in 0..<classes { Self.supply(label, part, examples, &parts) }
        }
        training = examples.indices.filter { parts[$0] == 0 }
        heldOut = examples.indices.filter { parts[$0] == 1 }
        let measured = Set(heldOut.map { examples[$0].label })
        unmeasured = (0..<classes).filter { !measured.contains($0) }
    }

    /// Gives a part the smallest group of a class that it has nothing of, unless the other part would lose a class by that.
    private static func supply(_ label: Int, _ part: Int, _ examples: [LabelledExample], _ parts: inout [Int]) {
        let own = examples.indices.filter { examples[$0].label == label }
        guard !own.isEmpty, !own.contains(where: { parts[$0] == part }) else { return }
        let sizes = Dictionary(grouping: own) { examples[$0].group }
        // What must stay to learn from matters more than what is tested.
        let candidates = sizes.sorted { ($0.value.count, $0.key) < ($1.value.count, $1.key) }.map(\.key)
        for group in candidates {
            let moved = examples.indices.filter { examples[$0].group == group }
            let labels = Set(moved.map { examples[$0].label })
            let isKept = labels.allSatisfy { other in
                examples.indices.contains {
                    examples[$0].label == other && examples[$0].group != group && parts[$0] != part
                }
            }
            guard isKept || part == 0 else { continue }
            for member in moved { parts[member] = part }
            return
        }
    }
}
