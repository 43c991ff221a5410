import Capture
import Logging
import Overlay
import Pipeline
import Testing
import Tracking

@testable import Live
@testable import Serve

@Suite struct SignalWatchTests {
    private let hub = LiveHub(Audience(nil))
    private let watch: SignalWatch
    private let lost = SignalChange.lost(since: .now, cause: .notOpened(.notFound(input: "rtsp://door/")))

    init() { watch = SignalWatch(hub, Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) }

    @Test func aCameraThatWasNeverThereIsToldAsTheReasonForNotBeingReady() async throws {
        watch.note(lost)
        defer { watch.disconnect() }
        let problems = await hub.program.served.problems()
        let problem = try #require(problems.first)
        #expect(problems.count == 1 && problem.hasPrefix("no signal since "))
        #expect(problem.contains("door"))
        watch.note(.found(input: "door", after: 1))
        #expect(await hub.program.served.problems() == [LiveProgram.starting])
    }

    @Test func aCameraThatIsLostWhilePicturesFlowIsStillReady() async throws {
        let values = LiveSettings.Values(overlay: OverlayConfig(), maps: MapSettings(smoothing: 0), isRecording: false)
        let session = LiveSession(scripted: ScriptedExplainer(), values)
        hub.program.start(LiveSettings(values, session.facts, canRecord: false))
        watch.note(lost)
        defer { watch.disconnect() }
        #expect(await hub.program.served.problems() == [])
    }
}
