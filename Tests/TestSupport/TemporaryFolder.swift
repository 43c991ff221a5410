import Foundation
import Synchronization

/// A new folder for a test's files. It is deleted with this object, and at the latest when the tests end, so that one
/// kept in a `static let` is deleted too.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() throws {
        let place = FileManager.default.temporaryDirectory.path
        path = "\(place)/camstream-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        _ = TemporaryFolder.deleteAllAtExit
        TemporaryFolder.present.withLock { _ = $0.insert(path) }
    }

    deinit {
        TemporaryFolder.present.withLock { _ = $0.remove(path) }
        TemporaryFolder.delete(path)
    }

    /// The path of a file or folder in it, which need not be there.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Makes a file in it.
    ///
    /// - Returns: its path.
    @discardableResult
    package func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    /// The bytes of a file in it.
    package func bytes(of name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    /// Names of what is in it, sorted.
    package func contents() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    private static let present = Mutex<Set<String>>([])

    private static let deleteAllAtExit: Void = {
        atexit { for path in TemporaryFolder.present.withLock({ $0 }) { TemporaryFolder.delete(path) } }
    }()

    private static func delete(_ path: String) {
        // A test may have moved or deleted it.
        _ = try? FileManager.default.removeItem(atPath: path)
    }
}
