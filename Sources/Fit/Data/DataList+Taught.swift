import Pipeline
import Reports

extension DataList {
    /// What was taught live. Classes with too few examples are left out, as they are of the head that is taught.
    ///
    /// - Throws: `FitError.taughtTooLittle`, and what reading a picture throws.
    init(_ taught: TaughtExamples) throws {
        var counts = [Int](repeating: 0, count: taught.classes.count)
        for entry in taught.entries { counts[entry.label] += 1 }
        let known = Self.sorted(
            taught.classes.indices.filter { counts[$0] >= FitError.fewest }.map { taught.classes[$0] })
        guard known.count > 1 else { throw FitError.taughtTooLittle(set: taught.name, classes: known) }
        self.init(classes: known, entries: [])
        var byClass = [[Entry]](repeating: [], count: known.count)
        for (number, entry) in taught.entries.enumerated() {
            guard let label = known.firstIndex(of: taught.classes[entry.label]) else { continue }
            let checksum = Checksum.hexDigits(of: try taught.pixels(number))
            byClass[label].append(
                Entry(
                    name: entry.name, label: label, Taught(number: number, group: entry.group, checksum: checksum)))
        }
        entries = byClass.flatMap(\.self)
        skipped = taught.classes.enumerated().filter { (1..<FitError.fewest).contains(counts[$0.offset]) }.map {
            SkippedFile(
                name: $0.element,
                reason: "class with \(counted(counts[$0.offset], "example", "examples")), \(FitError.fewest) are needed"
            )
        }
    }
}
