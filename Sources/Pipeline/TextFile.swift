package import Foundation
import Glibc
import Synchronization

/// Reads small files whole: settings, cards, labels. Pipes such as `/dev/fd/63` are read, too.
package enum TextFile {
    package enum Problem: Error, Equatable, CustomStringConvertible {
        case missing
        case folder
        case forbidden
        case tooLarge
        case noText
        case failed(code: Int32)

        package var description: String {
            switch self {
            case .missing: "there is no such file"
            case .folder: "it is a folder"
            case .forbidden: "this user may not read it"
            case .tooLarge: "it is larger than \(TextFile.largestSize >> 20) MiB"
            case .noText: "it is no UTF-8 text"
            case .failed(let code): String(cString: strerror(code))
            }
        }
    }

    /// Bytes that are read at most.
    static let largestSize = 64 << 20

    /// What pipes gave: they can be read once only, and a card is read again for each method that is compared.
    private static let pipes = Mutex<[String: Data]>([:])

    /// The text without a byte order mark.
    package static func text(of path: String) throws(Problem) -> String {
        guard let text = decode(try bytes(of: path)) else { throw .noText }
        return text
    }

    /// UTF-8, or what a byte order mark says; nil for anything else.
    static func decode(_ bytes: Data) -> String? {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return String(validating: bytes.dropFirst(3), as: UTF8.self) }
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
            return String(data: bytes, encoding: .utf16)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    package static func bytes(of path: String) throws(Problem) -> Data {
        if let kept = pipes.withLock({ $0[path] }) { return kept }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw problem(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw problem(errno) }
        let kind = status.st_mode & S_IFMT
        guard kind != S_IFDIR else { throw .folder }
        guard kind != S_IFREG || status.st_size <= largestSize else { throw .tooLarge }
        let bytes = try read(descriptor)
        if kind == S_IFIFO { pipes.withLock { $0[path] = bytes } }
        return bytes
    }

    private static func read(_ descriptor: Int32) throws(Problem) -> Data {
        var bytes = Data()
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &part, part.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw problem(errno)
            }
            bytes.append(contentsOf: part[..<count])
            guard bytes.count <= largestSize else { throw .tooLarge }
        }
    }

    private static func problem(_ code: Int32) -> Problem {
        switch code {
        case ENOENT, ENOTDIR: .missing
        case EACCES, EPERM: .forbidden
        case EISDIR: .folder
        default: .failed(code: code)
        }
    }
}
