import Foundation
import Glibc
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOPosix
import Pipeline

/// A file on the disk while it is sent. Sole owner of its descriptor.
private final class OpenFile: Sendable {
    private let descriptor: CInt
    let size: Int

    struct CannotRead: Error, CustomStringConvertible {
        let path: String
        let reason: String
        var description: String { "cannot read \(Printable.line(path)): \(reason)" }
    }

    /// Blocks.
    init(_ path: String) throws(CannotRead) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw CannotRead(path: path, reason: String(cString: strerror(errno))) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw CannotRead(path: path, reason: "it is no file")
        }
        size = Int(facts.st_size)
    }

    deinit { close(descriptor) }

    /// Blocks.
    ///
    /// - Returns: nil at the end.
    func piece(at offset: Int, upTo count: Int) throws -> ByteBuffer? {
        var piece = ByteBuffer()
        let read = piece.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            max(0, pread(descriptor, bytes.baseAddress, count, off_t(offset)))
        }
        return read > 0 ? piece : nil
    }
}

/// Answers with files: piece by piece as the client takes them, read on threads that may wait for a disk.
struct FileAnswer: Sendable {
    /// Each holds a descriptor beside its connection's.
    private let limit: ClientLimit
    private static let pieceSize = 128 * 1024

    /// - Parameter most: files that are sent at a time.
    init(most: Int = 8) { limit = ClientLimit(most) }

    static let refusals: [Route.Refusal] = [
        .init(.serviceUnavailable, "Too many files are being sent; Retry-After says when to try again.")
    ]

    /// A place among those who are sent a file.
    private final class Place: Sendable {
        private let limit: ClientLimit

        init?(_ limit: ClientLimit) {
            guard limit.enter() else { return nil }
            self.limit = limit
        }

        deinit { limit.leave() }
    }

    /// - Parameters:
    ///   - name: for people, when they save it.
    ///   - isShown: whether a browser shows it, rather than saves it.
    ///   - range: the part that is asked for, as in the request's `Range`; nil: all of it.
    func callAsFunction(
        _ path: String, named name: String, type: String, isShown: Bool, headers: HTTPFields = [:], range: String? = nil
    ) async throws -> Response {
        guard let place = Place(limit) else {
            return .unavailable("\(limit.maximum) files are being sent already", retryAfterSeconds: 5)
        }
        let threads = NIOThreadPool.singleton
        let file = try await threads.runIfActive { try OpenFile(path) }
        var headers = headers
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        headers[.contentDisposition] = Self.disposition(name, isShown: isShown)
        let bytes: Range<Int>
        switch ByteRange(range, of: file.size) {
        case .whole: bytes = 0..<file.size
        case .part(let part):
            bytes = part
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(file.size)"
        case .outside:
            return Response(
                status: .rangeNotSatisfiable,
                headers: [.contentRange: "bytes */\(file.size)", .cacheControl: "no-store"])
        }
        return Response(
            status: headers[.contentRange] == nil ? .ok : .partialContent, headers: headers,
            body: ResponseBody(contentLength: bytes.count) { writer in
                var sent = bytes.lowerBound
                while sent < bytes.upperBound {
                    let (offset, count) = (sent, min(Self.pieceSize, bytes.upperBound - sent))
                    // Where the file became shorter, the connection ends before the length that was told.
                    guard let piece = try await threads.runIfActive({ try file.piece(at: offset, upTo: count) }) else {
                        throw OpenFile.CannotRead(path: path, reason: "it ends early")
                    }
                    sent += piece.readableBytes
                    try await writer.write(piece)
                }
                try await writer.finish(nil)
                withExtendedLifetime(place) {}
            })
    }

    /// RFC 6266: the name in ASCII, and as it is. Neither leads to another folder nor ends the header.
    static func disposition(_ name: String, isShown: Bool) -> String {
        let safe = String(
            String.UnicodeScalarView(
                Printable.line(name).unicodeScalars.map { "/\\\t".unicodeScalars.contains($0) ? "_" : $0 }))
        let plain = String(safe.unicodeScalars.map { Self.plain.contains($0) ? Character($0) : "_" })
        let whole = safe.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? plain
        return "\(isShown ? "inline" : "attachment"); filename=\"\(plain)\"; filename*=UTF-8''\(whole)"
    }

    /// RFC 3986, section 2.3: all of them may stand in RFC 8187's values.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    private static let plain = unreserved.union(CharacterSet(charactersIn: " ()+,"))
}

extension HTTPField.Name {
    static let contentDisposition = Self("Content-Disposition")!
}
