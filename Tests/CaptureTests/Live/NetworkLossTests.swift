import CFFmpeg
import Foundation
import Pipeline
import Synchronization
import TestSupport
import Testing

@testable import Capture

/// A stream that goes, and comes back.
@Suite(.timeLimit(.minutes(30))) struct NetworkLossTests {
    private static let threePictures = MotionJPEG.stream(3)

    @Test func aStreamThatEndsIsOpenedAgainAndGoesOnAtTheTrueTime() throws {
        let bench = try StreamBench { _, _ in .bytes(Self.threePictures) }
        let source = try bench.source()
        let frames = try source.take(9)
        #expect(frames.map(\.pts) == [0, 1, 2, 1_000_000, 1_000_001, 1_000_002, 2_000_000, 2_000_001, 2_000_002])
        #expect(frames.map(\.index) == Array(0..<9))
        let loss = SignalLoss.ended(input: bench.address)
        #expect(
            bench.signals == [
                .lost(since: StreamBench.at(0), cause: loss), .found(input: bench.address, after: 1),
                .lost(since: StreamBench.at(1), cause: loss), .found(input: bench.address, after: 1),
            ])
    }

    @Test func aServerThatIsAwayIsLookedForLessAndLessOften() throws {
        let clock = ManualClock()
        let attempts = Mutex<[Double]>([])
        let bench = try StreamBench(clock: clock) { _, number in
            attempts.withLock { $0.append(clock.seconds) }
            return number == 0 || number > 12
                ? .bytes(Self.threePictures) : LocalServer.status(number % 2 == 0 ? "404 Not Found" : "502 Bad Gateway")
        }
        let source = try bench.source()
        let frames = try source.take(4)
        #expect(attempts.withLock { $0 } == [0, 1, 2, 3, 4, 5, 10, 15, 20, 25, 30, 40, 50, 60])
        // It is back within one wait.
        #expect(frames.map(\.seconds) == [0, 0.000001, 0.000002, 60] && clock.seconds == 60)
        #expect(bench.signals.count == 2)
    }

    @Test func aSilentStreamIsOpenedAgain() throws {
        let (clock, isRead) = (ManualClock(), Interrupt())
        let bench = try StreamBench(clock: clock) { _, number in
            number > 0
                ? .bytes(Self.threePictures)
                : .steps([
                    .bytes(Self.threePictures), .silence { if isRead.isRaised { clock.advance(seconds: 0.5) } },
                ])
        }
        let source = try bench.source { $0.timeout = 4 }
        #expect(try source.take(3).count == 3)
        isRead.raise()
        let frame = try #require(try source.take(1).first)
        #expect(
            bench.signals.first
                == .lost(since: StreamBench.at(0), cause: .silent(input: bench.address, seconds: 4)))
        #expect(bench.signals.count == 2 && frame.seconds >= 5)
        #expect(frame.captured?.monotonic == ManualClock.start + frame.pts)
    }

    @Test func packetsWithoutPicturesAreALoss() throws {
        let (clock, isRead) = (ManualClock(), Interrupt())
        let noise = [0xff, 0xd8] + [UInt8](repeating: 7, count: 3000)
        let bench = try StreamBench(clock: clock) { _, number in
            number > 0
                ? .bytes(Self.threePictures)
                : .steps([
                    .bytes(Self.threePictures), .action { waitUntil { isRead.isRaised } },
                    .again {
                        clock.advance(seconds: 0.5)
                        return MotionJPEG.part(noise)
                    },
                ])
        }
        let source = try bench.source { $0.timeout = 4 }
        #expect(try source.take(3).count == 3)
        isRead.raise()
        #expect(try source.take(1).count == 1)
        #expect(
            bench.signals.first
                == .lost(since: StreamBench.at(0), cause: .noPicture(input: bench.address, seconds: 4)))
        #expect((source.drops["damaged"] ?? 0) > 0 && source.corruptPackets == source.drops["damaged"])
    }

    @Test func anotherSizeIsFittedIntoTheFirst() throws {
        let bench = try StreamBench {
            .bytes($1 == 0 ? Self.threePictures : MotionJPEG.stream(3, of: MotionJPEG.wide))
        }
        let source = try bench.source()
        #expect(try source.take(6).map(\.width) == [64, 64, 64, 64, 64, 64])
        #expect(source.takeWarnings() == [.sizeChanged(frame: 3, from: "64x48", to: "96x48")])
    }

    @Test func anotherCodecIsDecoded() throws {
        let transport = try transportStream(Clips.transport)
        let bench = try StreamBench {
            .bytes($1 == 0 ? Self.threePictures : transport)
        }
        let source = try bench.source()
        #expect(try source.take(10).count == 10)
        #expect(source.format.width == 64 && bench.signals.count == 2)
    }

    @Test func aTransportStreamWhoseTimesStartAgainGoesOn() throws {
        let transport = try transportStream(Clips.transport)
        let bench = try StreamBench { _, _ in .bytes(transport) }
        let source = try bench.source()
        let frames = try source.take(75)
        #expect(frames.count == 75 && bench.signals.count == 4)
        #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.pts < $1.pts })
        // All of a session comes at once here, and pictures that were sent late are not taken late.
        let starts = bench.signals.compactMap { if case .found(_, let after) = $0 { after } else { nil } }
        #expect(starts.allSatisfy { (0.8...1.2).contains($0) })
        #expect((1.8...2.3).contains(frames[74].seconds))
    }

    @Test func anInterruptEndsTheOpening() throws {
        let interrupt = Interrupt()
        let bench = try StreamBench(interrupt: interrupt) { _, _ in .steps([.silence { interrupt.raise() }]) }
        #expect(throws: CaptureError.interrupted) { try bench.source() }
    }

    @Test func anInterruptEndsTheProbing() throws {
        let interrupt = Interrupt()
        let bench = try StreamBench(interrupt: interrupt) { _, _ in
            .steps([.bytes(MotionJPEG.head), .silence { interrupt.raise() }])
        }
        #expect(throws: CaptureError.interrupted) { try bench.source() }
    }

    @Test func anInterruptEndsTheBackOff() throws {
        let interrupt = Interrupt()
        let clock = ManualClock { seconds in if seconds > 0.25 { interrupt.raise() } }
        let bench = try StreamBench(clock: clock, interrupt: interrupt) { _, _ in .bytes(Self.threePictures) }
        #expect(try bench.source().take(10).count == 3)
        #expect(clock.seconds < 0.35 && bench.server.requests.count == 1)
    }

    @Test func anInterruptEndsTheSilence() throws {
        let interrupt = Interrupt()
        let isRead = Interrupt()
        let bench = try StreamBench(interrupt: interrupt) { _, _ in
            .steps([.bytes(Self.threePictures), .silence { if isRead.isRaised { interrupt.raise() } }])
        }
        let source = try bench.source()
        #expect(try source.take(3).count == 3)
        isRead.raise()
        #expect(try source.take(1).isEmpty && bench.signals.isEmpty)
    }

    @Test func anInterruptEndsTheOpeningOfALostStream() throws {
        let interrupt = Interrupt()
        let bench = try StreamBench(interrupt: interrupt) { _, number in
            number == 0 ? .bytes(Self.threePictures) : .steps([.silence { interrupt.raise() }])
        }
        #expect(try bench.source().take(10).count == 3)
        #expect(bench.signals.count == 1)
    }

    @Test func aStreamThatOpensAndStaysSilentIsGivenUpInTime() throws {
        let clock = ManualClock()
        let bench = try StreamBench(clock: clock) { _, number in
            switch number {
            case 0, 2: .bytes(Self.threePictures)
            default: .steps([.bytes(MotionJPEG.head), .silence { clock.advance(seconds: 0.5) }])
            }
        }
        let source = try bench.source { $0.timeout = 4 }
        let frame = try #require(try source.take(4).last)
        // Its loss, the wait, the time-out, the wait.
        #expect(frame.seconds >= 6 && bench.signals.count == 2)
    }

    @Test func noMessageHoldsThePassword() throws {
        let bench = try StreamBench { _, number in
            number == 1 ? LocalServer.status("401 Unauthorized") : .bytes(Self.threePictures)
        }
        let address = bench.server.address("s?token=hidden&x=1", login: "user:hidden@")
        let source = try bench.source(address)
        #expect(try source.take(4).count == 4)
        #expect(bench.signals.count == 2 && source.name.contains("//***@"))
        let refusing = try StreamBench { _, _ in LocalServer.status("401 Unauthorized") }
        let error = #expect(throws: CaptureError.self) {
            try refusing.source(refusing.server.address("s", login: "user:hidden@")) { $0.wait = true }
        }
        let messages =
            bench.signals.map { "\($0)" } + [source.name, source.codecName, error?.description ?? "none"]
            + source.notes + source.takeWarnings().map { "\($0)" }
        #expect(messages.allSatisfy { !$0.contains("hidden") && !$0.contains("\n") })
        #expect(error?.description.contains("401") == true)
    }

    @Test func aThousandLossesLeaveNothingOpen() throws {
        let bench = try StreamBench { _, _ in .bytes(MotionJPEG.stream(1)) }
        let source = try bench.source()
        #expect(try source.take(10).count == 10)
        let before = (try count("fd"), try count("task"))
        #expect(try source.take(1000).count == 1000)
        // Other tests run beside this one.
        #expect(try count("fd") < before.0 + 200 && count("task") < before.1 + 200)
        #expect(bench.signals.filter(\.isLoss).count == 1009)
    }

    /// Open files ("fd") or threads ("task") of this process.
    private func count(_ folder: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(folder)").count
    }

    @Test func lossesReadWell() {
        let cause = FFmpegError(code: shim_error(ECONNRESET), function: "av_read_frame")
        let losses: [(SignalLoss, String)] = [
            (.ended(input: "x"), "x: its server has ended the stream"),
            (.silent(input: "x", seconds: 10), "x has sent nothing for 10 s"),
            (.noPicture(input: "x", seconds: 2.5), "x has sent no frame that can be decoded for 2.5 s"),
            (.broken(input: "x", cause: cause), "x: Connection reset by peer"),
            (.camera(.unplugged(camera: "x")), "x is gone: it was unplugged, or its driver was unloaded"),
            (.notOpened(.camera(.notFound(camera: "x"))), "x: no such camera"),
            (.notOpened(.noSignal(.ended(input: "x"))), "x: its server has ended the stream"),
            (
                .notOpened(.unreachable(input: "x", cause: cause)),
                "cannot open x: Connection reset by peer. Check the address, and that its server is up"
            ),
        ]
        for (loss, text) in losses {
            #expect(loss.description == text)
            let message = SignalChange.lost(since: StreamBench.at(0), cause: loss).description
            #expect(message.hasSuffix(": \(text). Waiting for it to come back."))
        }
    }
}
