import CFFmpeg
import Foundation
import Pipeline
import Synchronization
import TestSupport

@testable import Capture

/// A stream over HTTP, read in a time of its own, and what the source says of it.
final class StreamBench: Sendable {
    let clock: ManualClock
    let interrupt: Interrupt
    let server: LocalServer
    private let heard = Mutex<[SignalChange]>([])

    /// - Parameter answer: gets a request and how many came before it.
    init(
        clock: ManualClock = ManualClock(), interrupt: Interrupt = Interrupt(),
        _ answer: @escaping @Sendable (LocalServer.Request, Int) -> LocalServer.Reply
    ) throws {
        self.clock = clock
        self.interrupt = interrupt
        server = try LocalServer(answer)
    }

    /// Sends this, and nothing more; what is lost by that ends by an interrupt.
    convenience init(sendingOnly bytes: [UInt8]) throws {
        let interrupt = Interrupt()
        let clock = ManualClock { _ in interrupt.raise() }
        let silence = { @Sendable in if clock.isHurried { clock.advance(seconds: 0.1) } }
        try self.init(clock: clock, interrupt: interrupt) { _, _ in
            .steps([.bytes(bytes), .silence(meanwhile: silence)])
        }
    }

    var signals: [SignalChange] { heard.withLock { $0 } }
    var address: String { server.address("stream") }

    func source(
        _ input: String? = nil, _ change: (inout CaptureConfig) -> Void = { _ in }
    ) throws(CaptureError) -> any FrameSource {
        var config = CaptureConfig()
        config.input = input ?? address
        change(&config)
        return try openSource(config, interrupt: interrupt, clock: clock) { [self] change in
            heard.withLock { $0.append(change) }
        }
    }

    /// A time of the clock, by seconds after its start.
    static func at(_ seconds: Double) -> CaptureTime {
        let time = Int64(seconds * 1e6)
        return CaptureTime(monotonic: ManualClock.start + time, wall: ManualClock.wallStart + time)
    }
}

/// Motion JPEG as cameras send it over HTTP.
enum MotionJPEG {
    static let head = LocalServer.endlessHead(type: "multipart/x-mixed-replace; boundary=frame")

    /// - Parameter count: of the pictures.
    static func stream(_ count: Int, of picture: [UInt8] = small) -> [UInt8] {
        head + (0..<count).flatMap { _ in part(picture) }
    }

    static func part(_ picture: [UInt8] = small) -> [UInt8] {
        Array("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: \(picture.count)\r\n\r\n".utf8) + picture
            + Array("\r\n".utf8)
    }

    /// 64x48 and 96x48 pixels, 4:2:2 as webcams have it; 2 KiB at least, which libavformat waits for.
    static let small = picture("64x48")
    static let wide = picture("96x48")

    private static func picture(_ size: String) -> [UInt8] {
        let name = "stream\(size).jpg"
        do {
            try FFmpegTool.run(
                [
                    "-f", "lavfi", "-i", "testsrc2=size=\(size)", "-frames:v", "1", "-pix_fmt", "yuvj422p", "-q:v", "1",
                    "-update", "1", Clips.folder.file(name),
                ])
            return try Clips.folder.bytes(of: name)
        } catch { fatalError("cannot make a test's picture: \(error)") }
    }
}

/// A copy of what a test needs of a live frame.
struct Taken: Equatable {
    let index: Int
    let pts: Int64
    let captured: CaptureTime?
    let width: Int

    var seconds: Double { Double(pts) / 1e6 }
}

extension FrameSource {
    /// The next frames, until the source ends.
    func take(_ count: Int) throws -> [Taken] {
        var taken: [Taken] = []
        while taken.count < count, let frame = try next() {
            taken.append(Taken(index: frame.index, pts: frame.pts, captured: frame.captured, width: frame.width))
        }
        return taken
    }
}

/// A transport stream over HTTP, without its end being told.
func transportStream(_ path: String) throws -> [UInt8] {
    LocalServer.endlessHead(type: "video/mp2t") + [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}
