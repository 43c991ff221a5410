/// A volume that tasks on Kubernetes see: of a claim, under a path, which is to be the same as where the plan was made.
package struct PodVolume: Sendable, Equatable {
    package var claim: String
    package var path: String
    package var isReadOnly: Bool

    /// - Parameter text: as "claim:/path", or "claim:/path:ro".
    /// - Throws: `BatchError.badOption`.
    package init(_ text: String) throws(BatchError) {
        func wrong(_ problem: String) -> BatchError { .badOption(option: "--volume", value: text, problem: problem) }
        let form = "write it as CLAIM:/PATH or CLAIM:/PATH:ro"
        try PlainWord.checkLine(text, "--volume")
        guard let colon = text.firstIndex(of: ":") else { throw wrong(form) }
        claim = String(text[..<colon])
        var rest = String(text[text.index(after: colon)...])
        isReadOnly = rest.hasSuffix(":ro")
        if isReadOnly { rest.removeLast(3) }
        while rest.count > 1, rest.hasSuffix("/") { rest.removeLast() }
        guard rest.hasPrefix("/"), rest != "/" else { throw wrong(form) }
        // Kubernetes refuses it, as it stands between paths there.
        if rest.contains(":") { throw wrong("the path may have no colon") }
        guard KubernetesName.isName(claim, longest: 253) else { throw wrong("\(claim) is no name of a claim") }
        path = rest
    }

    func holds(_ file: String) -> Bool { file == path || file.hasPrefix("\(path)/") }
}

/// Names of objects: small letters, digits and -, as RFC 1123 has them; with dots in longer ones.
enum KubernetesName {
    static func isName(_ text: String, longest: Int) -> Bool {
        func isInner(_ scalar: Unicode.Scalar) -> Bool {
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "-"
                || longest > 63 && scalar == "."
        }
        let scalars = text.unicodeScalars
        guard let first = scalars.first, let last = scalars.last, scalars.count <= longest else { return false }
        return scalars.allSatisfy(isInner) && ![first, last].contains { $0 == "-" || $0 == "." }
    }
}
