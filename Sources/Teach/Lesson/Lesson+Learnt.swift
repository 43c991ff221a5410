/// What a head and a model are made of.
extension Lesson {
    /// How many examples each class has, by its number.
    var counts: [Int: Int] { examples.reduce(into: [:]) { $0[$1.classID, default: 0] += 1 } }

    /// Classes that have enough examples, in their order.
    var learntClasses: [SetFile.Class] {
        let counts = counts
        return classes.filter { counts[$0.id] ?? 0 >= TeachLimits.fewest }
    }

    func keep(_ facts: [(key: String, value: String)]) throws(TeachError) {
        try file.database.transaction { () throws(TeachError) in
            for (key, value) in facts { try file.set(key, value) }
        }
    }
}
