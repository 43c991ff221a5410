import Foundation
import Pipeline

/// Finds the class that a user means by a number, a name, or a unique part of a name.
package struct ClassChoice {
    private let names: ClassNames

    package init(_ names: ClassNames) { self.names = names }

    /// - Throws: `InferError.noSuchClass`, `.classesHaveNoNames` or `.ambiguousClass`.
    package func callAsFunction(_ wanted: String) throws(InferError) -> Int {
        if let number = Int(wanted) {
            guard names.shown.indices.contains(number) else { throw .noSuchClass(wanted, classes: names.shown.count) }
            return number
        }
        let matches = matches(wanted.lowercased())
        switch matches.count {
        case 1: return matches[0]
        case 0:
            guard names.areGiven else { throw .classesHaveNoNames(wanted, classes: names.shown.count) }
            throw .noSuchClass(
                wanted, classes: names.shown.count, nearest: NearestWord.to(wanted, among: names.shown))
        default: throw .ambiguousClass(wanted, matches: matches.map { "\($0) \(names.shown[$0])" })
        }
    }

    /// The same of several with commas between them; a name may have commas of its own.
    package func several(_ wanted: String) throws(InferError) -> [Int] {
        let parts = wanted.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        if parts.count < 2 || !matches(wanted.lowercased()).isEmpty { return [try self(wanted)] }
        return try parts.map { part throws(InferError) in try self(part) }
    }

    /// What is called so, else what has a synonym that is, else what has it in its name.
    private func matches(_ wanted: String) -> [Int] {
        let shown = names.shown.indices.filter { names.shown[$0].lowercased() == wanted }
        if !shown.isEmpty { return shown }
        let full = names.full.map { $0.lowercased() }
        let exact = full.indices.filter {
            full[$0] == wanted || isShortened($0) && ClassNames.synonyms(full[$0]).contains(wanted)
        }
        return exact.isEmpty ? full.indices.filter { full[$0].contains(wanted) } : exact
    }

    private func isShortened(_ index: Int) -> Bool { names.shown[index] != names.full[index] }
}
