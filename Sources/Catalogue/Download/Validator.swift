import Foundation

/// Tells whether the server's file is still the one that a part has come of: its ETag or date, kept beside the part
/// (RFC 9110, 13.1.5).
final class Validator {
    private let path: String

    init(_ path: String) { self.path = path }

    /// Nil if the server gave none.
    var value: String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return text.isEmpty ? nil : text
    }

    func remember(_ value: String?) throws(CatalogueError) {
        guard value != self.value else { return }
        try StagedFile.write(value ?? "", to: path)
    }
}
