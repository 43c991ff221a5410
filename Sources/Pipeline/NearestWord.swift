/// Finds what a misspelt word was most likely meant to be.
package enum NearestWord {
    /// - Returns: the choice that takes the fewest letters added, left out, replaced or swapped with their neighbour; nil if
    ///   that is more than a third of the word's letters. Of equal ones the first.
    package static func to(_ word: String, among choices: [String]) -> String? {
        let letters = Array(word.lowercased())
        let most = max(1, letters.count / 3)
        var best: (choice: String, distance: Int)?
        for choice in choices where choice != word {
            let distance = distance(letters, Array(choice.lowercased()))
            if distance <= most, distance < best?.distance ?? .max { best = (choice, distance) }
        }
        return best?.choice
    }

    /// Optimal string alignment: Damerau 1964, restricted to one edit of each place.
    static func distance(_ one: [Character], _ other: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for (i, letter) in one.enumerated() {
            var row = [i + 1]
            for (j, another) in other.enumerated() {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (letter == another ? 0 : 1))
                if i > 0, j > 0, letter == other[j - 1], one[i - 1] == another {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[other.count]
    }
}
