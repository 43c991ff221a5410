import Dispatch
import Foundation
import Logging
import Pipeline
import Serve
import Synchronization
import Testing

@testable import Events

@Suite(.timeLimit(.minutes(30))) struct MQTTOutletTests {
    private let transport = ScriptedTransport()
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let metrics = Metrics()

    private func outlet(_ change: (inout MQTTConfig) -> Void = { _ in }) throws -> MQTTOutlet {
        var config = MQTTConfig()
        config.url = "mqtt://broker"
        change(&config)
        return try MQTTOutlet(
            config, classes: ["dog"], program: "camstream 0", clientID: "cam", transport, metrics: metrics, log)
    }

    /// Waits for the thread.
    private func until(_ isDone: () -> Bool) { while !isDone() { transport.happened.wait() } }

    private func texts(_ topic: String) -> [String] { transport.sent.filter { $0.topic == topic }.map(\.text) }

    private static func dog(_ time: Double) -> Sighting {
        let dog = ClassScore(id: 1, label: "dog", probability: 0.9)
        let heat = Heatmap(
            height: 2, width: 2, values: [1, 0, 0, 0], region: Region(x: 0, y: 0, width: 100, height: 50))
        return Sighting(time: time, classes: [dog], shown: dog, heat: heat, width: 100, height: 50)
    }

    @Test func eventsAndStatesOfACameraGoToItsTopics() throws {
        let outlet = try outlet()
        let teller = EventTeller(CameraAccess(name: "door"), EventsConfig(), [outlet], metrics: metrics) { _ in }
        teller.note(Self.dog(10))
        teller.note(Self.dog(10.2))  // too soon for another state
        until { !texts("camstream/door/state").isEmpty && !texts("camstream/door/event").isEmpty }
        teller.lose(at: 11)
        until { texts("camstream/door/state").count == 2 && texts("camstream/door/event").count == 2 }
        outlet.finish(within: .seconds(20))
        #expect(
            texts("camstream/door/event") == [
                #"{"camera":"door","class_id":1,"event":"class","label":"dog","probability":0.9,"time":10}"#,
                #"{"camera":"door","event":"signal-lost","time":11}"#,
            ])
        let states = try texts("camstream/door/state").map {
            try JSONDecoder().decode([String: JSONValue].self, from: Data($0.utf8))
        }
        #expect(states[0]["label"] == .text("dog") && states[0]["signal"] == .flag(true) && states[0]["peak"] != nil)
        #expect(states[0]["since"] == .number(10) && states[0]["hot"] != nil && states[0]["box"] != nil)
        #expect(states[1]["signal"] == .flag(false) && states[1]["label"] == nil)
        #expect(transport.sent.last == .init(topic: "camstream/status", text: "offline", isRetained: true))
        #expect(transport.farewells == 1)
        #expect(metrics.text.contains("camstream_mqtt_lost_total 0\n"))
    }

    @Test func eventsBeyondTheRateAreLeftOutAndCounted() throws {
        let outlet = try outlet { $0.eventsPerSecond = 2 }
        outlet.add(CameraAccess(name: ""))
        for step in 0..<40 {
            outlet.take(CameraEvent(.signalFound, camera: "", time: Double(step) / 10), of: "")
        }
        outlet.finish(within: .seconds(20))
        // Two at once, and two a second afterwards.
        #expect(outlet.status?.lost == 40 - texts("camstream/camera/event").count)
        #expect((8...10).contains(texts("camstream/camera/event").count))
    }

    @Test func aSnapshotGoesWithAnEventAndNotWithEach() throws {
        let outlet = try outlet { $0.snapshots = true }
        outlet.add(CameraAccess(name: "door", snapshot: { Array("JPEG".utf8) }))
        outlet.take(CameraEvent(.appeared, camera: "door", time: 1), of: "door")
        until { !texts("camstream/door/snapshot").isEmpty }
        outlet.take(CameraEvent(.appeared, camera: "door", time: 1.5), of: "door")
        outlet.take(CameraEvent(.signalLost, camera: "door", time: 9), of: "door")
        outlet.finish(within: .seconds(20))
        #expect(texts("camstream/door/snapshot") == ["JPEG"])
    }

    @Test func commandsAreObeyedOnlyWhereTheyMayBe() async throws {
        let asked = Mutex<[String]>([])
        let done = DispatchSemaphore(value: 0)
        let door = CameraAccess(
            name: "door",
            change: { key, value in
                asked.withLock { $0.append("\(key)=\(value)") }
                done.signal()
                return nil
            })
        let outlet = try outlet { $0.commands = true }
        outlet.add(door)
        until { transport.subscribed == ["camstream/+/set"] }
        func send(_ topic: String, _ text: String, isRetained: Bool = false) {
            transport.say(.received(topic: topic, payload: Array(text.utf8), isRetained: isRetained))
        }
        send("camstream/door/set", #"{"recording": false}"#, isRetained: true)
        send("camstream/other/set", #"{"recording": true}"#)
        send("camstream/door/set", #"{"recording": "yes"}"#)
        send("camstream/door/set", #"{"serve.insecure": true}"#)
        send("camstream/door/set", "\u{0}garbage")
        send("camstream/door/set", String(repeating: "[", count: 100_000))
        send("camstream/door/set", #"{"class": "dog", "recording": true}"#)
        await Task.detached { for _ in 0..<2 { Self.wait(done) } }.value
        outlet.finish(within: .seconds(20))
        #expect(asked.withLock { $0 } == ["infer.class=dog", "recording=true"])
    }

    private static func wait(_ semaphore: DispatchSemaphore) { semaphore.wait() }

    @Test func withoutCommandsNothingIsListenedTo() throws {
        let outlet = try outlet()
        until { transport.sent.count == 1 }
        outlet.finish(within: .seconds(20))
        #expect(transport.subscribed == [])
    }

    @Test func aBrokerThatNeverAnswersHoldsUpNobody() throws {
        transport.beSilent()
        let outlet = try outlet { $0.queue = 10 }
        let teller = EventTeller(CameraAccess(name: "door"), EventsConfig(), [outlet], metrics: metrics) { _ in }
        for step in 0..<1000 { teller.note(Self.dog(Double(step))) }
        for step in 0..<100 { (step.isMultiple(of: 2) ? teller.lose : teller.find)(2000 + Double(step)) }
        #expect(outlet.status?.isConnected == false && outlet.status?.waiting == 11 && outlet.status?.lost == 91)
        let start = ContinuousClock.now
        outlet.finish(within: .milliseconds(100))
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func aCameraThatIsTakenOutIsForgottenByTheBroker() throws {
        let outlet = try outlet { $0.discovery = "homeassistant" }
        let teller = EventTeller(CameraAccess(name: "door"), EventsConfig(), [outlet], metrics: metrics) { _ in }
        teller.note(Self.dog(10))
        until { !texts("camstream/door/state").isEmpty }
        teller.leave()
        outlet.finish(within: .seconds(20))
        let kept = Dictionary(transport.sent.filter(\.isRetained).map { ($0.topic, $0.text) }) { $1 }
        #expect(kept.filter { $0.value != "" } == ["camstream/status": "offline"] && kept.count > 4)
    }

    /// A camera that was taken out and comes back: the old one may end after the new one has come.
    @Test func theEndOfAnOldCameraTakesNothingFromANewOneOfItsName() throws {
        let outlet = try outlet()
        let (old, new) = (CameraAccess(name: "door"), CameraAccess(name: "door"))
        outlet.add(old)
        outlet.add(new)
        outlet.remove(old)
        outlet.take(CameraEvent(.appeared, camera: "door", time: 1), of: "door")
        outlet.remove(new)
        outlet.take(CameraEvent(.appeared, camera: "door", time: 2), of: "door")
        outlet.finish(within: .seconds(20))
        #expect(texts("camstream/door/event").count == 1)
    }
}
