import Foundation
import Glibc

/// One request to the built program's server, and the answer. It blocks, which only tests of other processes may.
struct Exchange {
    let status: Int
    /// Its lines, each with its line break but for the last.
    let head: String
    let text: String

    struct Failed: Error { let step: String }

    init(_ method: String = "GET", _ path: String, body: String? = nil, port: Int) throws {
        let descriptor = try Self.connect(port)
        defer { close(descriptor) }
        let content = body.map { "Content-Type: application/json\r\nContent-Length: \($0.utf8.count)\r\n" } ?? ""
        let request =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\(content)\r\n\(body ?? "")"
        guard send(descriptor, request, request.utf8.count, 0) == request.utf8.count else {
            throw Failed(step: "send")
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer[..<count]
        }
        let answer = String(decoding: received, as: UTF8.self)
        guard let end = answer.range(of: "\r\n\r\n"), let status = Int(answer.dropFirst(9).prefix(3)) else {
            throw Failed(step: "answer: \(answer.prefix(200))")
        }
        self.status = status
        head = String(answer[..<end.lowerBound])
        text = String(answer[end.upperBound...])
    }

    /// A connected socket, for the caller to close.
    static func connect(_ port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failed(step: "socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            close(descriptor)
            throw Failed(step: "connect")
        }
        return descriptor
    }

    func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Value.self, from: Data(text.utf8))
    }

    /// A measurement of `/metrics` without labels, or of the given ones.
    func metric(_ name: String) -> Double? {
        text.split(separator: "\n").first { $0.hasPrefix(name + " ") }.flatMap { Double($0.dropFirst(name.count + 1)) }
    }

    /// The frames that `/metrics` tells as dropped, by reason.
    var dropped: [String: Int] {
        Dictionary(
            uniqueKeysWithValues: text.matches(of: #/camstream_frames_dropped_total\{reason="([^"]+)"\} (\d+)/#).map {
                (String($0.1), Int($0.2)!)
            })
    }

    /// Whether each frame that `/metrics` counts is somewhere: captured = written + dropped + in flight.
    var isConserved: Bool {
        let counts = ["captured_total", "written_total", "in_flight"].map { metric("camstream_frames_\($0)") ?? -1 }
        return counts.allSatisfy { $0 >= 0 }
            && counts[0] == counts[1] + counts[2] + Double(dropped.values.reduce(0, +))
    }
}

extension Program.Running {
    /// Waits until the program listens. Nil if it ended before.
    func port() -> Int? {
        guard wait(for: "watch at http://127.0.0.1:"), wait(for: "/\n") else { return nil }
        return text.firstMatch(of: #/watch at http://127\.0\.0\.1:(\d+)//#).flatMap { Int($0.1) }
    }
}
