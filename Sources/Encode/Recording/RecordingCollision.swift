import Foundation

/// Whether a recording with one name could get the other's place, or be deleted as one of its recordings. Names that are
/// wrong collide with nothing: whoever opens them says so.
///
/// - Parameters: names of outputs, with parts of the time.
package func recordingsCollide(_ first: String, _ second: String) -> Bool {
    do {
        let names = (try RecordingNames(first), try RecordingNames(second))
        return names.0.couldHave(names.1) || names.1.couldHave(names.0)
    } catch {
        return false
    }
}

extension RecordingNames {
    /// Whether what the other writes now could be one of these.
    fileprivate func couldHave(_ other: RecordingNames) -> Bool {
        func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }
        let path = absolute(other.path(at: Int64(Date.now.timeIntervalSince1970 * 1e6)))
        let (base, depth) = (absolute(base), folderDepth)
        let parts = path.dropFirst(base == "/" ? 1 : base.count + 1).split(separator: "/").map(String.init)
        guard path.hasPrefix(base == "/" ? base : base + "/"), parts.count == depth + 1 else { return false }
        return (0..<depth).allSatisfy { matches(folder: parts[$0], at: $0) } && matches(fileName: parts[depth])
    }
}
