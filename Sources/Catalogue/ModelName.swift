/// What a model may be called: a plain file name, which cannot be taken for a hidden file or a path.
package enum ModelName {
    static let rule = "letters, digits and . _ + - (100 at most, a letter or digit first)"

    package static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, isAlphanumeric(first), name.utf8.count <= 100 else { return false }
        return name.utf8.allSatisfy { isAlphanumeric($0) || "._+-".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

/// The names that a mistyped one may stand for, the likeliest first, three at most.
///
/// Likely are those that contain it, or that a few changes of single letters (Levenshtein 1966) make of it.
package func nearNames(to name: String, among names: [String]) -> [String] {
    let wanted = name.lowercased()
    guard !wanted.isEmpty else { return [] }
    let limit = wanted.count < 4 ? 1 : max(2, wanted.count / 3)  // two letters that changed places are two changes
    let scored = names.compactMap { candidate -> (name: String, distance: Int)? in
        let other = candidate.lowercased()
        let distance = editDistance(Array(wanted), Array(other))
        let contains = wanted.count >= 3 && (other.contains(wanted) || wanted.contains(other))
        return distance <= limit || contains ? (candidate, distance) : nil
    }
    return scored.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
}

/// How many insertions, deletions and replacements of one character lead from one text to the other.
private func editDistance(_ from: [Character], _ to: [Character]) -> Int {
    var row = Array(0...to.count)
    for (i, character) in from.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in to.enumerated() {
            let replaced = diagonal + (character == other ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j + 1] + 1, row[j] + 1)
        }
    }
    return row[to.count]
}
