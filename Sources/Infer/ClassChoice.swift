/// Finds the class that a user means by a number, a name, or a unique part of a name.
package struct ClassChoice {
    let labels: [String]

    package init(labels: [String]) { self.labels = labels }

    /// - Throws: `InferError.noSuchClass` or `.ambiguousClass`.
    package func callAsFunction(_ wanted: String) throws(InferError) -> Int {
        if let number = Int(wanted) {
            guard labels.indices.contains(number) else {
                throw .noSuchClass(wanted, classes: labels.count)
            }
            return number
        }
        let wantedLowercase = wanted.lowercased()
        let lowercase = labels.map { $0.lowercased() }
        let exact = lowercase.indices.filter { lowercase[$0] == wantedLowercase }
        let matches = exact.isEmpty ? lowercase.indices.filter { lowercase[$0].contains(wantedLowercase) } : exact
        switch matches.count {
        case 1: return matches[0]
        case 0: throw .noSuchClass(wanted, classes: labels.count)
        default: throw .ambiguousClass(wanted, matches: matches.map { "\($0) \(labels[$0])" })
        }
    }
}
