import CV4L2
import Encode
import Foundation
import Glibc
import Infer
import Live
import Logging
import Pipeline
import Serve
import Synchronization
import TestSupport
import Testing

@testable import Capture
@testable import camstream

/// SIGINT and SIGTERM end the program whatever its input turns out to be, watched or not, and keep what it has.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct InputStopTests {
    enum Input: String, CaseIterable, CustomTestStringConvertible {
        /// Streams, which are found to be live when they are opened.
        case udp, http, rtsp
        /// A file that is played as if it were a camera.
        case played
        case file, standardInput

        var testDescription: String { rawValue }
        /// Whether it is live without anybody watching.
        var isLive: Bool { self != .file && self != .standardInput }
    }

    struct Case: CustomTestStringConvertible {
        let input: Input
        let isServed: Bool
        let signal: Int32

        static let all = Input.allCases.flatMap { input in
            [false, true].flatMap { isServed in
                [SIGINT, SIGTERM].map { Case(input: input, isServed: isServed, signal: $0) }
            }
        }

        var testDescription: String {
            "\(input) \(isServed ? "served" : "not served") \(signal == SIGINT ? "SIGINT" : "SIGTERM")"
        }
    }

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: Case.all) func theFirstSignalEndsItAndTheFilePlays(_ it: Case) throws {
        let output = folder.file("out.mp4")
        let sender = try Sender(it.input)
        var arguments = ["-i", sender.address, "-m", Clips.model, "-o", output, "--verbose"]
        if it.isServed { arguments += ["--serve", "--listen", "127.0.0.1:0"] }
        if it.input == .played { arguments.append("--live") }
        let running = try Program.Running(arguments, input: sender.standardInput)
        let isLive = it.input.isLive || it.isServed
        #expect(running.wait(for: isLive ? "the first picture is delivered" : "the first frame is done"))
        running.signal(it.signal)
        let run = running.finish()
        #expect(run.status == (isLive ? 0 : 128 + it.signal), "\(run.standardError)")
        #expect(try folder.contents() == ["out.mp4"])
        let packets = try FFmpegTool.probe(["-count_packets", "-show_entries", "stream=nb_read_packets", output])
        #expect(Int(packets.filter(\.isNumber)) ?? 0 > 0)
    }

    /// What is sent for one picture after the other, at their rate.
    private final class Left: Sendable {
        private let pictures: Mutex<[[UInt8]]>

        init(_ pictures: [[UInt8]]) { self.pictures = Mutex(pictures.reversed()) }

        func next() -> [UInt8]? {
            usleep(40_000)
            return pictures.withLock { $0.popLast() }
        }
    }

    /// Something that sends pictures for half a minute.
    private final class Sender {
        let address: String
        private(set) var standardInput: Pipe?
        private var servers: [any Sendable] = []
        private var process: Process?

        init(_ input: Input) throws {
            switch input {
            case .udp:
                address = "udp://127.0.0.1:\(try DatagramPort.free())"
                process = try Self.send(to: address)
            case .http:
                let server = try StreamServer()
                servers = [server]
                address = server.address
            case .rtsp:
                let pictures = RTPStream.pictures(
                    [UInt8](try Data(contentsOf: URL(fileURLWithPath: try Self.elementary.get()))), start: 0)
                let left = Left(pictures)
                let server = try RTSPServer { _ in .stream([.again { left.next() }]) }
                servers = [server]
                address = server.address()
            case .played, .file: address = try Clips.long.get()
            case .standardInput:
                address = "-"
                let pipe = Pipe()
                process = try Self.send(to: "-", pipe)
                standardInput = pipe
            }
        }

        deinit { process?.terminate() }

        /// Sends a clip at its own rate, or to a pipe, which is looked at for some seconds of it, at three times that, as a
        /// transport stream.
        private static func send(to address: String, _ pipe: Pipe? = nil) throws -> Process {
            let ffmpeg = Process()
            ffmpeg.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            ffmpeg.arguments =
                ["ffmpeg", "-nostdin", "-loglevel", "quiet", "-readrate", pipe == nil ? "1" : "3"]
                + ["-i", try film.get(), "-c", "copy", "-flush_packets", "1", "-f", "mpegts", address]
            if let pipe { ffmpeg.standardOutput = pipe }
            try ffmpeg.run()
            return ffmpeg
        }

        private static let film = clip(".mp4")
        private static let elementary = clip(".h264")

        private static func clip(_ ending: String) -> Result<String, any Error> {
            Result {
                let path = try Clips.folder.get().file("sent\(ending)")
                try FFmpegTool.run([
                    "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=30", "-c:v", "libx264", "-tune",
                    "zerolatency", "-threads", "1", "-g", "10", "-pix_fmt", "yuv420p", "-crf", "40", path,
                ])
                return path
            }
        }
    }

    /// In this process, because the program knows no scripted cameras.
    @Test(arguments: [SIGINT, SIGTERM], [false, true])
    func aCameraEndsTheSameWay(signal: Int32, isServed: Bool) async throws {
        let (signals, interrupt) = (Signals([]), Interrupt())
        let pictures: [(Double, ScriptedCamera.Event)] = (0..<50).map { (0.1 + Double($0) / 25, .picture()) }
        let camera = ScriptedCamera(
            ["/dev/video0": FakeCamera()], pictures + [(4, .action { signals.receive(signal) })])
        var config = Config()
        config.capture.input = "/dev/video0"
        config.infer.model = Clips.model.replacing(".yaml", with: ".onnx")
        config.encode.output = folder.file("out.mp4")
        if isServed {
            var serve = ServeConfig()
            serve.listen = "127.0.0.1:0"
            config.serve = serve
        }
        let source = try CameraSource(
            config.capture, interrupt: interrupt, system: camera, nodes: VideoNodes(root: "/nowhere"))
        let run = try LiveRun(config: config, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(try await run(source, interrupt, signals) == 0)
        #expect(signals.received == signal)
        #expect(try folder.contents() == ["out.mp4"])
    }

    @Test func aSignalThatCameBeforeItsNewOwnerStopsThatAtOnce() {
        let signals = Signals([])
        let stopped = Mutex<[String]>([])
        signals.onStop { stopped.withLock { $0.append("first") } }
        signals.receive(SIGTERM)
        signals.onStop { stopped.withLock { $0.append("second") } }
        #expect(stopped.withLock { $0 } == ["first", "second"] && signals.received == SIGTERM)
    }
}
