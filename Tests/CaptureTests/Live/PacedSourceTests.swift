import CFFmpeg
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Capture

@Suite struct PacedSourceTests {
    private func open(
        _ input: String, _ clock: ManualClock, interrupt: Interrupt = Interrupt()
    ) throws -> any FrameSource {
        var config = CaptureConfig()
        config.input = input
        config.live = true
        return try openSource(config, interrupt: interrupt, clock: clock)
    }

    @Test func everyFrameComesAtItsTime() throws {
        let clock = ManualClock()
        let source = try open("demo:seconds=0.4,size=16x16,fps=10", clock)
        #expect(source.isLive && source.format.timeBase == (1, 1_000_000) && source.frameCountEstimate == 4)
        for number in 0..<4 {
            let frame = try source.firstFrame()
            let due = Double(number) / 10
            #expect(frame.index == number && frame.pts == Int64(number) * 100_000 && frame.duration == 100_000)
            #expect(frame.captured == StreamBench.at(due) && clock.seconds == due)
        }
        #expect(try source.take(1).isEmpty)
        #expect(source.framesRead == 4 && source.drops == ["superseded": 0])
    }

    @Test func aWallClockThatIsSetChangesNamesAndNoPace() throws {
        let clock = ManualClock()
        let source = try open("demo:seconds=1,size=16x16,fps=10", clock)
        #expect(try source.firstFrame().captured == StreamBench.at(0))
        clock.setWall(aheadBy: -86_400)
        let next = try source.firstFrame()
        #expect(next.pts == 100_000 && clock.seconds == 0.1)
        #expect(next.captured?.wall == StreamBench.at(0.1 - 86_400).wall)
        #expect(next.captured?.monotonic == StreamBench.at(0.1).monotonic)
    }

    @Test func sleepsThatAreTooLongDoNotAddUp() throws {
        let clock = ManualClock(overshoot: 9_000)
        let source = try open("demo:seconds=2,size=16x16,fps=10", clock)
        for number in 0..<20 {
            #expect(try source.firstFrame().captured == StreamBench.at(Double(number) / 10))
            #expect(clock.seconds < Double(number) / 10 + 0.02)
        }
        #expect(source.drops["superseded"] == 0)
    }

    @Test func aReaderThatIsLateGetsTheNewestAndTheOthersAreCounted() throws {
        let clock = ManualClock()
        let source = try open("demo:seconds=2,size=16x16,fps=10", clock)
        #expect(try source.take(1).map(\.pts) == [0])
        clock.advance(seconds: 0.43)
        #expect(try source.take(2).map(\.pts) == [400_000, 500_000])
        #expect(clock.seconds == 0.5 && source.drops["superseded"] == 3)
        clock.advance(seconds: 0.19)  // less than a frame late: nothing is passed over
        #expect(try source.take(2).map(\.pts) == [600_000, 700_000])
        #expect(source.drops["superseded"] == 3)
    }

    @Test func framesArePassedOverOnlyForOnesThatAreDue() throws {
        // Frame 1 says that it lasts 0.04 s, and stands for 1 s.
        let path = Clips.folder.file("slow.mkv")
        try FFmpegTool.run(
            [
                "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=0.16", "-vf",
                "setpts='if(lt(N,2),N,N+24)/25/TB'", "-fps_mode", "passthrough", "-c:v", "ffv1", path,
            ])
        let clock = ManualClock()
        let source = try open(path, clock)
        #expect(try source.take(1).map(\.pts) == [0])
        clock.advance(seconds: 0.5)
        #expect(try source.take(1).map(\.seconds) == [0.04])
        #expect(clock.seconds == 0.5)
        #expect(try source.take(5).map(\.seconds) == [1.04, 1.08])
        #expect(clock.seconds == 1.08 && source.drops["superseded"] == 0)
    }

    @Test func aVariableFrameRateStaysVariable() throws {
        let clock = ManualClock()
        let times = try FileSource(Clips.variableRate).readAll().map(\.seconds)
        let paced = try open(Clips.variableRate, clock).take(100).map(\.seconds)
        #expect(paced.count == times.count)
        for (time, expected) in zip(paced, times) { #expect(abs(time - (expected - times[0])) < 2e-6) }
        #expect(abs(clock.seconds - (times.last ?? 0) + times[0]) < 2e-6)
    }

    @Test func anInterruptEndsTheWait() throws {
        let interrupt = Interrupt()
        let clock = ManualClock { seconds in
            // In the middle of a second's wait.
            if seconds > 0.25 { interrupt.raise() }
        }
        let source = try open("demo:size=16x16,fps=1", clock, interrupt: interrupt)
        #expect(try source.take(2).count == 1)
        #expect(clock.seconds < 0.35 && clock.naps.allSatisfy { $0 <= 100_000 })
    }

    @Test func aSourceThatIsSlowerThanItsRateStillGivesFrames() throws {
        let clock = ManualClock()
        let slow = SlowSource(
            try DemoSource(
                try #require(try DemoAddress("demo:seconds=100,size=16x16,fps=10")), interrupt: Interrupt()),
            clock, seconds: 0.25)
        let source = PacedSource(slow, interrupt: Interrupt(), clock: clock)
        let frames = try source.take(10)
        #expect(frames.count == 10 && clock.seconds < 20)
        #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.pts < $1.pts })
        for frame in frames { #expect(frame.captured?.monotonic == frame.pts + (frames[0].captured?.monotonic ?? 0)) }
    }

    @Test func theSceneGoesOnForEverUnlessItsLengthIsGiven() throws {
        let clock = ManualClock()
        let endless = try open("demo:size=16x16,fps=1", clock)
        #expect(endless.frameCountEstimate == nil)
        #expect(try endless.take(30).map(\.seconds) == (0..<30).map(Double.init))
        #expect(try open("demo:seconds=3,size=16x16,fps=1", clock).take(30).count == 3)
        #expect(try DemoAddress("demo:seconds=10")?.hasLength == true)
    }

    @Test func aPlayedRecordingHasNoSound() throws {
        let clock = ManualClock()
        var config = CaptureConfig()
        config.input = Clips.withAudio
        config.takesAuxiliaryStreams = true
        #expect(try !openSource(config, interrupt: Interrupt()).auxiliaryStreams.isEmpty)
        let source = try open(Clips.withAudio, clock)
        #expect(source.auxiliaryStreams.isEmpty && source.packets.takeAll().isEmpty)
        #expect(try source.take(100).count == 25)
    }

    @Test func aRecordingIsNotPlayedUnlessAskedFor() throws {
        var config = CaptureConfig()
        config.input = Clips.bFrames
        let source = try openSource(config, interrupt: Interrupt())
        #expect(!source.isLive && source.drops == ["damaged": 0])
    }
}

/// A source for whose frames time passes.
private final class SlowSource: FrameSource, @unchecked Sendable {
    private let source: DemoSource
    private let clock: ManualClock
    private let seconds: Double

    init(_ source: DemoSource, _ clock: ManualClock, seconds: Double) {
        self.source = source
        self.clock = clock
        self.seconds = seconds
    }

    func next() throws(CaptureError) -> Frame? {
        clock.advance(seconds: seconds)
        return try source.next()
    }

    var format: VideoFormat { source.format }
    var name: String { source.name }
    var codecName: String { source.codecName }
    var frameCountEstimate: Int? { source.frameCountEstimate }
    var auxiliaryStreams: [AuxiliaryStream] { source.auxiliaryStreams }
    var packets: PacketQueue { source.packets }
    var metadata: [String: String] { source.metadata }
    var videoMetadata: [String: String] { source.videoMetadata }
    var framesRead: Int { source.framesRead }
    var corruptPackets: Int { source.corruptPackets }
    func takeWarnings() -> [CaptureWarning] { source.takeWarnings() }
}
