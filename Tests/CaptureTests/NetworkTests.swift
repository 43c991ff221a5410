import Capture
import Foundation
import Pipeline
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct NetworkTests {
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
