import Foundation
import Glibc

/// Reads files of secrets and certificates: whole, bounded, and never one that has no end or that nobody writes.
package enum SecretFile {
    /// Bytes: more than any list of tokens or chain of certificates has.
    static let largestSize = 1 << 20

    /// - Parameter credentials: the folder in which systemd hands secrets to a service (`LoadCredential=`). It is the
    ///   service's alone, and may let it in by an access control list, which shows as the group's mode.
    /// - Throws: `ServeError.cannotRead`, `.badSecrets`, or `.readableByOthers` if the file's mode lets others than its owner
    ///   read it and it is secret.
    static func bytes(
        _ path: String, isSecret: Bool = true,
        credentials: String? = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
    ) throws(ServeError) -> [UInt8] {
        // O_NONBLOCK: a pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw cannotRead(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw cannotRead(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .cannotRead(path: path, reason: "it is no regular file") }
        let isCredential = credentials.map { $0.hasPrefix("/") && path.hasPrefix($0 + "/") } ?? false
        guard !isSecret || status.st_mode & (isCredential ? 0o007 : 0o077) == 0 else {
            throw .readableByOthers(path: path)
        }
        // As much as there is, and not as its size says: it may grow, and files of /proc have none.
        var bytes = [UInt8](repeating: 0, count: largestSize + 1)
        var count = 0
        while count < bytes.count {
            let room = bytes.count - count
            let got = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + count, room) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw cannotRead(path) }
            if got == 0 { return Array(bytes[..<count]) }
            count += got
        }
        throw .badSecrets(path: path, problem: "it is larger than \(largestSize >> 20) MiB")
    }

    /// The lines of a file that hold secrets: not empty, no comment.
    package static func lines(
        _ path: String, credentials: String? = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
    ) throws(ServeError) -> [String] {
        var bytes = try bytes(path, credentials: credentials)[...]
        // Editors put a byte order mark there, which is no part of the first secret.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes = bytes.dropFirst(3) }
        // What is no UTF-8 would be mended to U+FFFD, and so would be anything that is sent: all would be equal.
        guard let text = String(validating: bytes, as: UTF8.self),
            !text.unicodeScalars.contains(where: { $0 == "\u{FFFD}" || $0 == "\0" })
        else { throw .badSecrets(path: path, problem: "it is no UTF-8 text; write the secrets as plain text") }
        return text.split(whereSeparator: \.isNewline).map {
            var line = $0
            while let first = line.first, first.isWhitespace { line.removeFirst() }
            while let last = line.last, last.isWhitespace { line.removeLast() }
            return String(line)
        }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }

    private static func cannotRead(_ path: String) -> ServeError {
        let reason = String(cString: strerror(errno))
        // Where the secret itself stands in place of its file, it must not get into the log.
        guard errno == ENOENT, !path.contains("/"), path.contains(":") || path.utf8.count >= 16 && !path.contains(".")
        else { return .cannotRead(path: path, reason: reason) }
        return .cannotRead(
            path: "the file", reason: "\(reason); the setting names a file, and is not the secret itself")
    }
}
