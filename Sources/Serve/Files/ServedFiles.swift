/// Files for browsers to look at, in the place of cameras. Only what it knows is handed out: no path of a request ever becomes one
/// of the disk.
package protocol ServedFiles: Sendable {
    /// - Parameter path: of the request, as it was sent, such as "/clip/view.js".
    /// - Returns: nil where there is nothing of this name.
    /// - Throws: `ServedProblem` for people to read, or what goes to the log.
    func file(at path: String) async throws -> ServedFile?
}

/// A file that may be handed out.
package struct ServedFile: Sendable, Equatable {
    /// On the disk.
    package let path: String
    /// Its media type.
    package let type: String

    package init(path: String, type: String) { (self.path, self.type) = (path, type) }
}

/// Why something that is known cannot be looked at, in one line.
package struct ServedProblem: Error {
    package let text: String

    package init(_ text: String) { self.text = text }
}
