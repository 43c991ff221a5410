import Pipeline
import TestSupport
import Testing

@testable import Capture

/// An input that is not there at the start.
@Suite(.timeLimit(.minutes(30))) struct WaitForInputTests {
    @Test func aStreamThatIsNotThereYetIsWaitedForAndToldOnce() throws {
        let bench = try StreamBench { _, number in
            number < 3 ? LocalServer.status("404 Not Found") : .bytes(MotionJPEG.stream(3))
        }
        let source = try bench.source { $0.wait = true }
        #expect(source.isLive && bench.clock.seconds == 3)
        #expect(bench.signals.count == 2 && bench.signals.last == .found(input: bench.address, after: 3))
        guard case .lost(StreamBench.at(0), .notOpened(.unreachable(bench.address, let cause)))? = bench.signals.first
        else {
            Issue.record("\(bench.signals)")
            return
        }
        #expect("\(cause)" == "Server returned 404 Not Found")
        #expect(try source.take(3).map(\.pts) == [0, 1, 2])
    }

    @Test func withoutTheSettingItIsAnError() throws {
        let bench = try StreamBench { _, _ in LocalServer.status("404 Not Found") }
        #expect(throws: CaptureError.self) { try bench.source() }
        #expect(bench.signals.isEmpty && bench.clock.naps.isEmpty)
    }

    @Test func anOpeningThatTakesTooLongIsAnError() throws {
        let clock = ManualClock()
        let bench = try StreamBench(clock: clock) { _, _ in
            .steps([.bytes(MotionJPEG.head), .silence { clock.advance(seconds: 1) }])
        }
        let error = #expect(throws: CaptureError.self) {
            // Known to be live before it says anything.
            try NetworkSession(connectingTo: config(bench.address), Interrupt(), clock)
        }
        #expect(error?.description.contains("Connection timed out") == true)
        #expect(error?.mayPass == true)
    }

    @Test func aCameraThatIsNotThereIsWaitedForByTheBackOffUntilAnInterrupt() throws {
        let interrupt = Interrupt()
        let clock = ManualClock { seconds in if seconds >= 20 { interrupt.raise() } }
        var signals: [SignalChange] = []
        var attempts: [Double] = []
        #expect(throws: CaptureError.interrupted) {
            let note = { signals.append($0) }
            _ = try waitForInput(interrupt, clock, note) { () throws(CaptureError) in
                attempts.append(clock.seconds)
                throw .camera(.notFound(camera: "/dev/video0"))
            }
        }
        #expect(attempts == [0, 1, 2, 3, 4, 5, 10, 15])
        let cause = SignalLoss.notOpened(.camera(.notFound(camera: "/dev/video0")))
        #expect(signals == [.lost(since: StreamBench.at(0), cause: cause)])
    }

    @Test func theCamerasOfTheMachineAreWaitedFor() throws {
        let interrupt = Interrupt()
        let clock = ManualClock { _ in interrupt.raise() }
        var config = config("/dev/video9999")
        #expect(throws: CaptureError.camera(.notFound(camera: "/dev/video9999"))) {
            try openSource(config, interrupt: interrupt, clock: clock)
        }
        config.wait = true
        #expect(throws: CaptureError.interrupted) { try openSource(config, interrupt: interrupt, clock: clock) }
    }

    @Test(arguments: ["/nowhere/clip.mp4", "nosuch://host/clip", "demo:size=1"])
    func whatNeverComesIsNotWaitedFor(input: String) throws {
        var config = config(input)
        config.wait = true
        let clock = ManualClock()
        let error = #expect(throws: CaptureError.self) {
            try openSource(config, interrupt: Interrupt(), clock: clock)
        }
        #expect(error != .interrupted && clock.naps.isEmpty)
    }

    @Test func whatOnlyOtherSettingsCanMendIsNotWaitedFor() {
        let errors: [CaptureError] = [
            .camera(.noSuchControl(camera: "x", name: "y")), .camera(.notACamera(camera: "x")), .outOfMemory,
            .interrupted, .noDecoder(input: "x", codec: "y"), .unknownInputFormat(name: "x"),
            .onlyOfCameras(input: "x", setting: "y"), .noSuchVideoStream(input: "x", number: 1, videoStreams: []),
        ]
        #expect(errors.allSatisfy { !$0.mayPass })
        #expect(CaptureError.camera(.permissionDenied(camera: "x")).mayPass)
        #expect(CaptureError.camera(.busy(camera: "x", users: [])).mayPass)
    }

    private func config(_ input: String) -> CaptureConfig {
        var config = CaptureConfig()
        config.input = input
        return config
    }
}
