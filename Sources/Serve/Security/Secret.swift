import COpenSSL
import Foundation
import Glibc

/// Something that only those may know who are let in. It is kept as its SHA-256 and never printed.
struct Secret: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    private let digest: [UInt8]

    init(_ text: some StringProtocol) {
        digest = sha256(Array(text.utf8))
    }

    /// Compares in constant time, whatever the lengths.
    func matches(_ text: some StringProtocol) -> Bool { matches(digest: sha256(Array(text.utf8))) }

    /// - Parameter other: a SHA-256.
    func matches(digest other: [UInt8]) -> Bool {
        other.count == digest.count && CRYPTO_memcmp(digest, other, digest.count) == 0
    }

    /// What a browser keeps instead of the secret: the same after a restart, worthless once the secret is changed.
    var cookie: String {
        var code = [UInt8](repeating: 0, count: 32)
        let purpose = Array("camstream session".utf8)
        precondition(HMAC(EVP_sha256(), digest, Int32(digest.count), purpose, purpose.count, &code, nil) != nil)
        let digits = Array("0123456789abcdef")
        return String(code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    var description: String { "(secret)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

private func sha256(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    precondition(EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil) == 1)
    return digest
}

/// The lines of a file that hold secrets: not empty, no comment.
///
/// - Parameter credentials: the folder in which systemd hands secrets to a service (`LoadCredential=`). It is the service's
///   alone, and may let it in by an access control list, which shows as the group's mode.
/// - Throws: `ServeError.cannotRead`, or `.readableByOthers` if the file's mode lets others than its owner read it.
func secretLines(
    _ path: String, credentials: String? = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
) throws(ServeError) -> [String] {
    guard let file = fopen(path, "re") else { throw .cannotRead(path: path, reason: String(cString: strerror(errno))) }
    defer { fclose(file) }
    var status = stat()
    guard fstat(fileno(file), &status) == 0 else {
        throw .cannotRead(path: path, reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .cannotRead(path: path, reason: "it is no regular file") }
    let isCredential = credentials.map { $0.hasPrefix("/") && path.hasPrefix($0 + "/") } ?? false
    guard status.st_mode & (isCredential ? 0o007 : 0o077) == 0 else { throw .readableByOthers(path: path) }
    guard status.st_size <= 1 << 20 else { throw .badSecrets(path: path, problem: "it is larger than 1 MiB") }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self).split(whereSeparator: \.isNewline).map {
        var line = $0
        while let first = line.first, first.isWhitespace { line.removeFirst() }
        while let last = line.last, last.isWhitespace { line.removeLast() }
        return String(line)
    }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
}
