import Capture
import Foundation
import Pipeline
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct NetworkTests {
    @Test func aVideoIsReadOverHTTP() throws {
        let server = try Listener()
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Clips.transport)))
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\nConnection: close\r\n\r\n"
        let thread = Thread { server.answerOnce(Array(head.utf8) + bytes) }
        thread.start()
        let source = try FileSource("http://127.0.0.1:\(server.port)/clip.ts")
        #expect(joined(try source.readAll()) == (try FFmpegTool.rawVideo(Clips.transport)))
        #expect(source.name == "http://127.0.0.1:\(server.port)/clip.ts")
    }

    @Test func aBrokenConnectionEndsTheVideoEarly() throws {
        let server = try Listener()
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Clips.transport)))
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\nConnection: close\r\n\r\n"
        let thread = Thread { server.answerOnce(Array(head.utf8) + bytes.prefix(bytes.count / 2)) }
        thread.start()
        let source = try FileSource("http://127.0.0.1:\(server.port)/clip.ts")
        #expect((1..<25).contains(try source.readAll().count))
        #expect(source.endedEarly)
    }

    @Test func aServerThatStaysSilentIsGivenUp() throws {
        let server = try Listener()  // the system accepts, and nobody answers
        let address = "http://127.0.0.1:\(server.port)/clip.ts"
        do {
            _ = try FileSource(address) { $0.timeout = 0.2 }
            Issue.record("opened")
        } catch {
            guard case .unreachable(address, let cause) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(["Connection timed out", "Input/output error"].contains("\(cause)"))
        }
    }

    @Test func anInterruptEndsTheWaitForAServer() throws {
        let server = try Listener()
        let interrupt = Interrupt()
        let thread = Thread { interrupt.raise() }
        thread.start()
        #expect(throws: CaptureError.interrupted) {
            try FileSource("http://127.0.0.1:\(server.port)/clip.ts", interrupt: interrupt)
        }
    }
}

/// A socket on a free port of this machine.
private final class Listener: Sendable {
    struct Failure: Error {
        let code = errno
    }

    let port: UInt16
    private let socket: Int32

    init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = UInt16(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = socket
        let isReady = withUnsafeMutableBytes(of: &address) { bytes in
            let address = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            return bind(descriptor, address, size) == 0 && listen(descriptor, 1) == 0
                && getsockname(descriptor, address, &size) == 0
        }
        guard isReady else { throw Failure() }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(socket) }

    /// Takes one connection, reads its request and sends `bytes`.
    func answerOnce(_ bytes: [UInt8]) {
        let connection = accept(socket, nil, nil)
        defer { close(connection) }
        var request = [UInt8](repeating: 0, count: 4096)
        _ = recv(connection, &request, request.count, 0)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(connection, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}
