import Foundation
import NIOCore
import NIOPosix

/// A client of raw bytes. It waits without holding a thread, which the server needs.
struct Client {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var waiting: [UInt8] = []

    struct Ended: Error, CustomStringConvertible {
        let received: [UInt8]
        var description: String { "the server ended after \(String(decoding: received.prefix(500), as: UTF8.self))" }
    }

    static func connected<Result: Sendable>(
        to port: Int, handlers: @escaping @Sendable () throws -> [any ChannelHandler] = { [] },
        _ body: (inout Client) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(handlers())
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var client = Client(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&client)
        }
    }

    private init(
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound
        self.outbound = outbound
    }

    func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }
    func send(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

    /// What comes up to and with `end`.
    mutating func receive(until end: String) async throws -> String {
        let wanted = Array(end.utf8)
        while true {
            if let range = waiting.firstRange(of: wanted) {
                let text = String(decoding: waiting[..<range.upperBound], as: UTF8.self)
                waiting.removeSubrange(..<range.upperBound)
                return text
            }
            try await receiveMore()
        }
    }

    mutating func receive(count: Int) async throws -> [UInt8] {
        while waiting.count < count { try await receiveMore() }
        defer { waiting.removeSubrange(..<count) }
        return Array(waiting[..<count])
    }

    /// Everything until the server closes, which may be a reset where it refuses what was sent.
    mutating func receiveToEnd() async throws -> [UInt8] {
        do {
            while true { try await receiveMore() }
        } catch is Ended {
        } catch is IOError {}
        defer { waiting = [] }
        return waiting
    }

    private mutating func receiveMore() async throws {
        guard let bytes = try await inbound.next(isolation: #isolation) else { throw Ended(received: waiting) }
        waiting += bytes.readableBytesView
    }
}

/// An HTTP answer.
struct Answer: Sendable {
    let status: Int
    /// As they came, without line ends.
    let headerLines: [String]
    let body: [UInt8]

    init(_ bytes: [UInt8]) {
        let end = bytes.firstRange(of: Array("\r\n\r\n".utf8))
        let head = String(decoding: bytes[..<(end?.lowerBound ?? bytes.count)], as: UTF8.self)
        var lines = head.components(separatedBy: "\r\n")
        let first = lines.removeFirst().split(separator: " ")
        status = first.count > 1 ? Int(first[1]) ?? 0 : 0
        headerLines = lines
        body = end.map { Array(bytes[$0.upperBound...]) } ?? []
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    subscript(name: String) -> String? {
        headerLines.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }.map {
            $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
        }
    }

    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
    }
}

/// One part of a multipart stream.
struct Part: Sendable {
    let headers: [String]
    let body: [UInt8]

    subscript(name: String) -> String? {
        headers.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }
}

extension Client {
    /// The next part, as a strict reader takes it: header block, as many bytes as it says, the boundary right after.
    mutating func part() async throws -> Part {
        let head = try await receive(until: "\r\n\r\n")
        let headers = head.components(separatedBy: "\r\n").filter { !$0.isEmpty }
        let part = Part(headers: headers, body: [])
        let body = try await receive(count: Int(part["Content-Length"] ?? "") ?? 0)
        let boundary = try await receive(count: 11)
        guard boundary == Array("\r\n--frame\r\n".utf8) else { throw Ended(received: boundary) }
        return Part(headers: headers, body: body)
    }
}
