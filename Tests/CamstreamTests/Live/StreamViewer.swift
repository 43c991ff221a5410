import Foundation
import Glibc

/// A client of the built program's `/stream`, on one connection. It blocks, which only tests of other processes may.
final class StreamViewer {
    struct Part {
        let headers: [String: String]
        let picture: [UInt8]

        /// Whether it is a slate in place of a picture.
        var isSlate: Bool { headers["X-Camstream-Stale"] == "slate" }
        var sequence: Int { headers["X-Camstream-Seq"].flatMap { Int($0) } ?? -1 }
        /// Size of the JPEG, from its frame header (ITU-T T.81, B.2.2).
        var width: Int {
            guard
                let start = picture.indices.dropLast(8).first(where: { picture[$0] == 0xff && picture[$0 + 1] == 0xc0 })
            else { return 0 }
            return Int(picture[start + 7]) << 8 | Int(picture[start + 8])
        }
    }

    private let descriptor: Int32
    private var received: [UInt8] = []

    init(port: Int, path: String = "/stream") throws {
        descriptor = try Exchange.connect(port)
        let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        guard send(descriptor, request, request.utf8.count, 0) == request.utf8.count else {
            throw Exchange.Failed(step: "send")
        }
    }

    deinit { close(descriptor) }

    /// The next part; nil when the connection has ended.
    func next() -> Part? {
        // A picture's head is told from the answer's by its length.
        while let head = takeHead() {
            var headers: [String: String] = [:]
            for line in head.components(separatedBy: "\r\n") {
                guard let colon = line.firstIndex(of: ":") else { continue }
                headers[String(line[..<colon])] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            }
            guard let length = headers["Content-Length"].flatMap({ Int($0) }) else { continue }
            while received.count < length { guard receive() else { return nil } }
            defer { received.removeFirst(length) }
            return Part(headers: headers, picture: Array(received.prefix(length)))
        }
        return nil
    }

    /// The next part that is as wanted.
    func next(where isWanted: (Part) -> Bool) -> Part? {
        while let part = next() { if isWanted(part) { return part } }
        return nil
    }

    private func takeHead() -> String? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let place = received.firstRange(of: end) {
                defer { received.removeFirst(place.upperBound) }
                return String(decoding: received[..<place.lowerBound], as: UTF8.self)
            }
            guard receive() else { return nil }
        }
    }

    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        received += buffer[..<count]
        return true
    }
}
