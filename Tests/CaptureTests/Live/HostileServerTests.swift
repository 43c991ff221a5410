import Foundation
import Pipeline
import Synchronization
import TestSupport
import Testing

@testable import Capture

/// Servers that never come to the point are given up: heads are libavformat's to read, which bounds neither their lines nor
/// their number, but asks the clock meanwhile.
@Suite(.timeLimit(.minutes(30))) struct HostileServerTests {
    enum Head: String, CaseIterable, CustomTestStringConvertible {
        case endlessLine, endlessHeaders, endlessCookies, endlessStationNames, drops

        var testDescription: String { rawValue }

        /// What is sent again and again behind the first line.
        func part(_ number: Int) -> [UInt8] {
            let text =
                switch self {
                case .endlessLine: String(repeating: "a", count: 1 << 16)
                case .endlessHeaders: String(repeating: "X-Header: a\r\n", count: 1 << 12)
                case .endlessCookies: (0..<100).map { "Set-Cookie: n\(number)-\($0)=1\r\n" }.joined()
                // libavformat keeps all of these.
                case .endlessStationNames: (0..<100).map { "icy-name: \(number)-\($0)\r\n" }.joined()
                case .drops: "X"
                }
            return Array(text.utf8)
        }
    }

    private let clock = ManualClock()

    private func open(_ address: String) throws(CaptureError) -> any FrameSource {
        var config = CaptureConfig()
        config.input = address
        config.timeout = 2
        return try openSource(config, interrupt: Interrupt(), clock: clock) { _ in }
    }

    /// - Parameter seconds: that pass with each part.
    private func server(_ start: String, _ head: Head, seconds: Double) throws -> LocalServer {
        let clock = clock
        let number = Atomic(0)
        return try LocalServer { _, _ in
            .steps([
                .bytes(Array(start.utf8)),
                .again {
                    clock.advance(seconds: seconds)
                    return head.part(number.add(1, ordering: .relaxed).newValue)
                },
            ])
        }
    }

    private func expectTimeOut(_ address: String) {
        let error = #expect(throws: CaptureError.self) { try open(address) }
        guard case .unreachable(_, let cause)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect("\(cause)" == "Connection timed out")
    }

    @Test(arguments: Head.allCases) func aHeadOfHTTPWithoutAnEndIsGivenUp(_ head: Head) throws {
        let server = try server("HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nX-First: ", head, seconds: 0.5)
        expectTimeOut(server.address("clip.mp4"))
        #expect(server.requests.count == 1 && clock.monotonicTime >= 20_000_000)
    }

    @Test(arguments: Head.allCases) func aHeadOfRTSPWithoutAnEndIsGivenUp(_ head: Head) throws {
        let server = try server("RTSP/1.0 200 OK\r\nCSeq: 1\r\nX-First: ", head, seconds: 0.05)
        expectTimeOut(server.address("stream").replacing("http://", with: "rtsp://"))
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [301, 302, 307, 308]) func redirectsOfHTTPAreFollowedEightTimes(status: Int) throws {
        let address = Mutex("")
        let server = try LocalServer { _, number in
            // Should nobody count them, the loop has an end.
            number < 50
                ? LocalServer.status("\(status) Elsewhere", ["Location: \(address.withLock { $0 })"])
                : LocalServer.status("404 Not Found")
        }
        address.withLock { $0 = server.address("clip.mp4") }
        let error = #expect(throws: CaptureError.self) { try open(server.address("clip.mp4")) }
        guard case .unreachable? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // It remembers permanent ones, and asks no more.
        #expect((1...9).contains(server.requests.count), "\(server.requests.count)")
    }
}
