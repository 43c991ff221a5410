import Pipeline

/// How results are named: a path below the plan's folder with `{name}` (of the input's file), `{stem}` (without its ending),
/// `{parent}` (its folders below what was named) and `{id}`.
package struct OutputPattern: Sendable {
    private enum Piece: Sendable, Equatable {
        case text(String)
        case name, stem, parent, id
    }

    private let pieces: [Piece]
    package let text: String

    /// - Throws: `BatchError.badPattern`.
    package init(_ text: String) throws(BatchError) {
        self.text = text
        func bad(_ problem: String) -> BatchError { .badPattern(pattern: text, problem: problem) }
        if text.isEmpty { throw bad("is empty") }
        if text == "-" { throw bad("is standard output, which many recordings cannot share") }
        if text.contains("%") { throw bad("has a %, which numbers pictures; a recording becomes one file") }
        if text.hasPrefix("/") { throw bad("begins at the root, and must lie below --out-dir") }
        if text.split(separator: "/").contains("..") { throw bad("leads out of --out-dir") }
        if text.hasSuffix("/") { throw bad("names a folder") }
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            if open != rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}") else { throw bad("has a { without }") }
            let word = String(rest[rest.index(after: open)..<close])
            switch word {
            case "name": pieces.append(.name)
            case "stem": pieces.append(.stem)
            case "parent": pieces.append(.parent)
            case "id": pieces.append(.id)
            default: throw bad("has {\(word)}, which is nothing of an input")
            }
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.pieces = pieces
    }

    /// The result's path for an input.
    package func path(_ input: InputList.Found, id: String) -> String {
        let name = Self.name(input.path)
        let text = pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .name: name
            case .stem: Self.stem(name)
            case .parent: input.parent
            case .id: id
            }
        }.joined()
        // Of "{parent}/x" without a parent only "x" is left.
        return pathParts(text).filter { $0 != "." }.joined(separator: "/")
    }

    /// The last part of a path, or of an address without what follows a "?".
    private static func name(_ path: String) -> String {
        let plain = path.contains("://") ? path.prefix { $0 != "?" && $0 != "#" } : path[...]
        let last = pathParts(String(plain)).last ?? ""
        // Of an address without a path only the host is left, which may have a password before it.
        return last.isEmpty || last == ".." || last.contains("@") && path.contains("://") ? "input" : last
    }

    private static func stem(_ name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        let stem = String(name[..<dot])
        return stem.allSatisfy { $0 == "." } ? name : stem
    }
}
