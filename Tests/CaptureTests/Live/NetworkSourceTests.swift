import CFFmpeg
import Dispatch
import Foundation
import Pipeline
import Synchronization
import TestSupport
import Testing

@testable import Capture

/// Streams without an end, as they should be.
@Suite(.timeLimit(.minutes(30))) struct NetworkSourceTests {
    @Test func picturesHaveTheTimesAtWhichTheyArrive() throws {
        let clock = ManualClock()
        let read = DispatchSemaphore(value: 0)
        let later = [0.1, 0.25, 0.3].flatMap { time -> [LocalServer.Step] in
            [
                .action {
                    read.wait()
                    clock.advance(seconds: time - clock.seconds)
                }, .bytes(MotionJPEG.part()),
            ]
        }
        let bench = try StreamBench(clock: clock) { _, _ in
            .steps([.bytes(MotionJPEG.stream(1))] + later + [.silence {}])
        }
        let source = try bench.source()
        #expect(source is NetworkSource && source.isLive)
        #expect(source.format.timeBase == (1, 1_000_000) && source.codecName == "mjpeg")
        // The decoder's 4:2:2 would not play in most places.
        #expect(source.format.pixelFormat == AV_PIX_FMT_YUV420P && source.format.width == 64)
        for (number, time) in [0, 0.1, 0.25, 0.3].enumerated() {
            let frame = try #require(try source.take(1).first)
            #expect(frame.index == number && frame.seconds == time && frame.captured == StreamBench.at(time))
            read.signal()
        }
        #expect(bench.signals.isEmpty && source.framesRead == 4)
        #expect(source.drops == ["damaged": 0])
    }

    @Test func whatPiledUpBeforeTheFirstFrameWasAskedForIsPassedOver() throws {
        let bench = try StreamBench(sendingOnly: transportStream(Clips.transport))
        let source = try bench.source()
        // The 25 frames of a second are there, and all of them are old.
        bench.clock.advance(seconds: 3)
        bench.clock.isHurried = true
        #expect(try source.take(100).isEmpty)
        #expect(bench.signals.count == 1 && source.framesRead == 0)
    }

    @Test func picturesWithoutTimesThatPiledUpArePassedOverToo() throws {
        let clock = ManualClock()
        let interrupt = Interrupt()
        let bench = try StreamBench(clock: clock, interrupt: interrupt) { _, _ in
            .steps([.bytes(MotionJPEG.stream(20)), .silence { if clock.isHurried { interrupt.raise() } }])
        }
        let source = try bench.source()
        clock.advance(seconds: 3)
        clock.isHurried = true
        #expect(try source.take(1).isEmpty && source.framesRead == 0)
    }

    @Test func aStreamHasNoSoundAndTheDecoderHoldsNothingBack() throws {
        let bench = try StreamBench(sendingOnly: transportStream(Clips.transport))
        let source = try bench.source { $0.decoderThreads = 8 }
        #expect(source is NetworkSource && source.auxiliaryStreams.isEmpty && source.codecName == "h264")
        bench.clock.isHurried = true
        let frames = try source.take(100)
        // The last packet of a transport stream ends where the next one starts, and two pictures come after later ones.
        #expect(frames.count >= 25 - 4)
        #expect(frames.map(\.index) == Array(frames.indices))
        #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.pts < $1.pts })
        #expect(source.packets.takeAll().isEmpty)
    }

    @Test(arguments: [
        ("rtsp://camera/1", InputLocation.Liveness.always), ("RTSP://camera/1", .always),
        ("rtp://0.0.0.0:5004", .always),
        ("udp://@239.0.0.1:1234", .always), ("srt://host:9000", .always), ("rtmp://host/live/1", .always),
        ("http://host/a.mp4", .ifEndless), ("https://host/stream", .ifEndless), ("tcp://host:9000", .ifEndless),
        ("concat:a.ts|b.ts", .never),
    ])
    func addressesSayWhetherTheyAreLive(address: String, liveness: InputLocation.Liveness) throws {
        #expect(try InputLocation(address).liveness == liveness)
    }

    @Test func aRecordingOverHTTPIsNoStream() throws {
        let file = ServedFile([UInt8](try Data(contentsOf: URL(fileURLWithPath: Clips.lossless))))
        let bench = try StreamBench { request, _ in .bytes(file.answer(request)) }
        #expect(try bench.source() is FileSource)
        let source = try bench.source { $0.live = true }
        #expect(source is PacedSource)
        #expect(try source.take(100).count == 5 && bench.clock.seconds == 0.16)
    }

    @Test func whatMayBeEitherIsAStreamIfAskedFor() throws {
        // It tells its size, but cannot go back.
        var file = ServedFile([UInt8](try Data(contentsOf: URL(fileURLWithPath: Clips.transport))))
        file.takesRanges = false
        let bench = try StreamBench { [file] request, _ in .bytes(file.answer(request)) }
        #expect(try bench.source() is FileSource)
        #expect(try bench.source { $0.live = true } is NetworkSource)
    }
}
