import Pipeline

/// Shares examples out to parts of given sizes, such as folds, or the one to learn from and the one to test on: groups are
/// never parted, and each part gets about its share of each class. The same examples always give the same parts.
enum GroupedParts {
    private struct Group {
        var members: [Int] = []
        /// How many examples it has of which class, by class.
        var counts: [(label: Int, count: Int)] = []
    }

    /// Large groups first, each goes where most of its classes is still missing.
    ///
    /// - Parameter shares: of the parts, which sum up to 1.
    /// - Returns: the part of each example.
    static func assign(_ examples: [LabelledExample], shares: [Double], seed: UInt64) -> [Int] {
        let classes = (examples.map(\.label).max() ?? -1) + 1
        let groups = groups(of: examples, seed: seed)
        var missing = shares.map { share in
            var wanted = [Double](repeating: 0, count: classes)
            for example in examples { wanted[example.label] += share }
            return wanted
        }
        var room = shares.map { $0 * Double(examples.count) }
        var parts = [Int](repeating: 0, count: examples.count)
        for group in groups {
            // A hair's breadth is no difference: shares are no exact binary numbers.
            var best = 0
            var (most, roomiest) = (-Double.infinity, -Double.infinity)
            for part in shares.indices {
                let need = group.counts.reduce(0) { $0 + Double($1.count) * missing[part][$1.label] }
                if need > most + 1e-6 || need > most - 1e-6 && room[part] > roomiest + 1e-6 {
                    (best, most, roomiest) = (part, need, room[part])
                }
            }
            for (label, count) in group.counts { missing[best][label] -= Double(count) }
            room[best] -= Double(group.members.count)
            for member in group.members { parts[member] = best }
        }
        return parts
    }

    /// The larger first; those of one size in an order that their names do not tell.
    private static func groups(of examples: [LabelledExample], seed: UInt64) -> [Group] {
        var places: [Int: Int] = [:]
        var groups: [Group] = []
        for (number, example) in examples.enumerated() {
            let place = places[example.group] ?? groups.count
            if place == groups.count {
                places[example.group] = place
                groups.append(Group())
            }
            groups[place].members.append(number)
            if let known = groups[place].counts.firstIndex(where: { $0.label == example.label }) {
                groups[place].counts[known].count += 1
            } else {
                groups[place].counts.append((example.label, 1))
            }
        }
        var random = SplitMix64(seed)
        let order = groups.indices.map { (place: $0, key: random.next()) }
            .sorted {
                let (left, right) = (groups[$0.place].members.count, groups[$1.place].members.count)
                return left != right ? left > right : ($0.key, $0.place) < ($1.key, $1.place)
            }
        return order.map { groups[$0.place] }
    }
}
