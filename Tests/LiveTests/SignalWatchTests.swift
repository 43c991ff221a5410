import Capture
import Events
import Logging
import Overlay
import Pipeline
import Synchronization
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

    private final class Told: EventOutlet {
        let events = Mutex<[CameraEvent]>([])
        func take(_ event: CameraEvent, of camera: String) { events.withLock { $0.append(event) } }
        func finish(within limit: Duration) {}
    }

    @Test func lossesAndReturnsAreEventsForOutletsAndForThoseWhoListen() async throws {
        let told = Told()
        let hub = LiveHub(Audience(nil, outlets: [told]), camera: "door")
        let listener = try #require(EventReader(hub.events))
        let watch = SignalWatch(hub, Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        watch.note(lost)
        watch.note(.found(input: "door", after: 1))
        watch.disconnect()
        let events = told.events.withLock { $0 }
        #expect(events.map(\.event) == [.signalLost, .signalFound] && events.allSatisfy { $0.camera == "door" })
        for event in events { #expect(await listener.next("event") == event.json) }
        #expect(hub.program.snapshot.outlets == nil)
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
