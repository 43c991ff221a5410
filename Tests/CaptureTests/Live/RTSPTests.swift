import CFFmpeg
import Foundation
import Pipeline
import Synchronization
import TestSupport
import Testing

@testable import Capture

/// IP cameras, as they should be and as they are.
@Suite(.timeLimit(.minutes(30))) struct RTSPTests {
    private let clock: ManualClock
    private let interrupt = Interrupt()
    private let heard = Signals()

    private final class Signals: Sendable {
        private let all = Mutex<[SignalChange]>([])
        var list: [SignalChange] { all.withLock { $0 } }
        func append(_ change: SignalChange) { all.withLock { $0.append(change) } }
    }

    init() { clock = ManualClock() }

    private func open(
        _ server: RTSPServer, login: String = "", _ change: (inout CaptureConfig) -> Void = { _ in }
    ) throws(CaptureError) -> any FrameSource {
        var config = CaptureConfig()
        config.input = server.address(login: login)
        change(&config)
        return try openSource(config, interrupt: interrupt, clock: clock) { [heard] in heard.append($0) }
    }

    /// What is sent for each of 25 pictures, the first of which is a key frame.
    private static func pictures(_ size: String = "64x48", start: UInt32 = 0) throws -> [[UInt8]] {
        // Of its own: tests that run at the same time make the same clip.
        let folder = try TemporaryFolder()
        try FFmpegTool.run(
            [
                "-f", "lavfi", "-i", "testsrc2=size=\(size):rate=25:duration=1", "-c:v", "libx264", "-tune",
                "zerolatency", "-threads", "1", "-pix_fmt", "yuv420p", "-crf", "40", "-f", "h264",
                folder.file("clip.h264"),
            ])
        let pictures = RTPStream.pictures(try folder.bytes(of: "clip.h264"), start: start)
        #expect(pictures.count == 25)
        return pictures
    }

    @Test func aStreamIsReadAndItsEndIsALoss() throws {
        let first = try Self.pictures(start: 4_000_000_000)
        let second = try Self.pictures("96x48")
        let server = try RTSPServer { .stream([.bytes(($0 == 0 ? first : second).flatMap { $0 })]) }
        let source = try open(server, login: "user:hidden@")
        #expect(source is NetworkSource && source.codecName == "h264" && source.format.width == 64)
        let frames = try source.take(50)
        #expect(frames.count == 50 && frames.allSatisfy { $0.width == 64 })
        #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.pts < $1.pts })
        #expect((0.9...1.1).contains(frames[25].seconds))
        #expect(source.takeWarnings() == [.sizeChanged(frame: 25, from: "64x48", to: "96x48")])
        #expect(source.corruptPackets == 0)
        let messages = heard.list.map { "\($0)" } + [source.name] + source.notes
        #expect(heard.list.count >= 2 && messages.allSatisfy { !$0.contains("hidden") })
    }

    @Test func aSilentCameraIsConnectedToAgain() throws {
        let pictures = try Self.pictures().flatMap { $0 }
        let clock = clock
        let server = try RTSPServer { number in
            number > 0
                ? .stream([.bytes(pictures)])
                : .stream([
                    .bytes(pictures), .silence { if clock.isHurried { clock.advance(seconds: 0.1) } },
                ])
        }
        let source = try open(server)
        #expect(try source.take(20).count == 20)
        clock.isHurried = true
        let frames = try source.take(20)
        #expect(frames.count == 20 && (frames.last?.seconds ?? 0) > 10)
        guard case .lost(_, .silent(source.name, 10))? = heard.list.first else {
            Issue.record("\(heard.list)")
            return
        }
    }

    @Test func aCameraThatRefusesForAWhileIsWaitedFor() throws {
        let pictures = try Self.pictures().flatMap { $0 }
        let server = try RTSPServer { number in
            (1...3).contains(number) ? .refusal("503 Service Unavailable") : .stream([.bytes(pictures)])
        }
        let source = try open(server)
        let frames = try source.take(30)
        #expect(frames.count == 30 && (3.9...4.1).contains(frames.last?.seconds ?? 0))
        #expect(heard.list.count == 2)
    }

    @Test func anInterruptEndsTheHandshake() throws {
        let interrupt = interrupt
        let server = try RTSPServer { _ in .silence { interrupt.raise() } }
        #expect(throws: CaptureError.interrupted) { try open(server) }
    }

    @Test func aHandshakeThatTakesTooLongIsAnError() throws {
        let clock = clock
        let server = try RTSPServer { _ in .silence { clock.advance(seconds: 0.5) } }
        let error = #expect(throws: CaptureError.self) { try open(server, login: "user:hidden@") { $0.timeout = 5 } }
        #expect(error?.description.contains("Connection timed out") == true)
        #expect(error?.description.contains("hidden") == false)
    }

    @Test func redirectsAreFollowedFiveTimes() throws {
        let address = Mutex("")
        let connections = Mutex(0)
        let server = try RTSPServer { number in
            connections.withLock { $0 = number + 1 }
            // Should nobody count them, the loop has an end.
            return number < 50 ? .redirect(address.withLock { $0 }) : .refusal("404 Not Found")
        }
        address.withLock { $0 = server.address() }
        #expect(throws: CaptureError.tooManyRedirects(input: server.address(), most: 5)) { try open(server) }
        #expect((6...7).contains(connections.withLock { $0 }))
    }

    @Test func noPartOfAStreamMayBeAsLargeAsItClaims() throws {
        let server = try RTSPServer { _ in .refusal("404 Not Found") }
        _ = try? open(server)
        var block = av_malloc(Demuxer.largestBlock + 1)
        #expect(block == nil)
        block = av_malloc(7680 * 4320 * 6)
        #expect(block != nil)
        av_free(block)
    }

    @Test func aRefusalIsAnErrorAtTheStart() throws {
        let server = try RTSPServer { _ in .refusal("404 Not Found") }
        let error = #expect(throws: CaptureError.self) { try open(server) }
        guard case .unreachable(server.address(), let cause)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect("\(cause)" == "Server returned 404 Not Found")
    }
}
