import Foundation
import Glibc
import Synchronization

/// An HTTP server on a free port of this machine that answers as a test wants, one client after the other.
package final class LocalServer: Sendable {
    package struct Request: Sendable {
        /// As the client asked for it, such as "/model.onnx".
        package let target: String
        private let lines: [String]

        fileprivate init(_ head: String) {
            lines = head.components(separatedBy: "\r\n")
            let words = lines[0].split(separator: " ")
            target = words.count > 1 ? String(words[1]) : ""
        }

        /// A header's value.
        package subscript(_ name: String) -> String? {
            for line in lines.dropFirst() where line.lowercased().hasPrefix(name.lowercased() + ":") {
                return line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
            }
            return nil
        }
    }

    package enum Reply: Sendable {
        /// These bytes, then the connection is closed.
        case bytes([UInt8])
        /// These bytes, then nothing until the client goes.
        case silence(after: [UInt8])
        /// One after the other, then the connection is closed.
        case steps([Step])
    }

    package enum Step: Sendable {
        case bytes([UInt8])
        case action(@Sendable () -> Void)
        /// Nothing until the client goes, and this again and again meanwhile.
        case silence(meanwhile: @Sendable () -> Void)
        /// These bytes again and again, until the client goes or there are none.
        case again(@Sendable () -> [UInt8]?)
    }

    private final class State: Sendable {
        let listener: Listener
        let requests = Mutex<[Request]>([])

        init() throws { listener = try Listener() }
    }

    private let state: State

    /// - Parameter answer: gets a request and how many came before it.
    package init(_ answer: @escaping @Sendable (Request, Int) -> Reply) throws {
        _ = Self.noProxy
        let state = try State()
        self.state = state
        let thread = Thread {
            while let connection = state.listener.connection() {
                let request = Request(connection.receiveHead())
                let number = state.requests.withLock { requests in
                    requests.append(request)
                    return requests.count - 1
                }
                switch answer(request, number) {
                case .bytes(let bytes): connection.send(bytes)
                case .silence(let bytes):
                    connection.send(bytes)
                    connection.waitForEnd()
                case .steps(let steps): for step in steps { connection.perform(step) }
                }
            }
        }
        thread.start()
    }

    deinit { state.listener.stop() }

    /// What was asked for so far.
    package var requests: [Request] { state.requests.withLock { $0 } }

    /// - Parameter login: goes before the host, such as "user:password@".
    package func address(_ file: String, login: String = "") -> String {
        "http://\(login)127.0.0.1:\(state.listener.port)/\(file)"
    }

    /// The tests must pass where a proxy leads out of the house, too.
    private static let noProxy: Void = { _ = setenv("no_proxy", "127.0.0.1", 1) }()

    /// A reply without a file.
    package static func status(_ line: String, _ headers: [String] = []) -> Reply {
        .bytes(head(line, headers + ["Content-Length: 0"]))
    }

    /// The head of a reply whose end is not told.
    package static func endlessHead(type: String) -> [UInt8] { head("200 OK", ["Content-Type: \(type)"]) }

    fileprivate static func head(_ line: String, _ headers: [String]) -> [UInt8] {
        Array((["HTTP/1.1 \(line)"] + headers + ["Connection: close", "", ""]).joined(separator: "\r\n").utf8)
    }
}

extension Connection {
    func perform(_ step: LocalServer.Step) {
        switch step {
        case .bytes(let bytes): send(bytes)
        case .action(let action): action()
        case .silence(let action): while !hasEnded(milliseconds: 5) { action() }
        case .again(let bytes): while !hasEnded(milliseconds: 5), let next = bytes() { send(next) }
        }
    }
}

/// A file that a server has.
package struct ServedFile: Sendable {
    package var bytes: [UInt8]
    package var etag: String?
    package var takesRanges = true

    package init(_ bytes: [UInt8], etag: String? = nil) {
        self.bytes = bytes
        self.etag = etag
    }

    /// All of it, or the part that was asked for, head included.
    ///
    /// - Parameter cutAfter: bytes of the file's (or part's) own after which nothing more is sent.
    package func answer(_ request: LocalServer.Request, cutAfter count: Int = .max) -> [UInt8] {
        let tags = etag.map { ["ETag: \($0)"] } ?? []
        let isSame = request["If-Range"] == nil || request["If-Range"] == etag
        guard takesRanges, isSame, let range = request["Range"], range.hasPrefix("bytes="),
            let start = Int(range.dropFirst(6).prefix { $0 != "-" })
        else {
            return LocalServer.head("200 OK", tags + ["Content-Length: \(bytes.count)"]) + bytes.prefix(count)
        }
        guard start < bytes.count else {
            return LocalServer.head("416 Range Not Satisfiable", ["Content-Length: 0"])
        }
        let range206 = "Content-Range: bytes \(start)-\(bytes.count - 1)/\(bytes.count)"
        return LocalServer.head("206 Partial Content", tags + [range206, "Content-Length: \(bytes.count - start)"])
            + bytes[start...].prefix(count)
    }
}
