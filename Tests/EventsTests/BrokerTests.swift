import Foundation
import Glibc
import Logging
import Pipeline
import Serve
import TestSupport
import Testing

@testable import Events

/// A mosquitto of the test's own, on the loopback interface, that keeps nothing on the disk.
private final class Broker {
    static let program = "/usr/sbin/mosquitto"
    static let isThere = FileManager.default.isExecutableFile(atPath: program)

    let port: Int
    private var process: Process?

    init() throws {
        // The port is free again as soon as this is gone.
        port = Int(try Listener().port)
        try start()
    }

    deinit { kill() }

    func start() throws {
        let process = Process()
        process.executableURL = URL(filePath: Self.program)
        process.arguments = ["-p", "\(port)"]
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        self.process = process
    }

    func kill() {
        guard let process else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }
}

/// Against a real broker, where Debian's mosquitto is installed; `make test-mqtt` installs it.
@Suite(.enabled(if: Broker.isThere), .timeLimit(.minutes(30))) struct BrokerTests {
    private let broker: Broker
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private var config = MQTTConfig()

    init() throws {
        broker = try Broker()
        config.url = "mqtt://127.0.0.1:\(broker.port)"
        (config.eventsPerSecond, config.queue) = (1000, 2000)
    }

    private func transport(_ id: String) throws -> MosquittoTransport {
        try MosquittoTransport(config, try config.broker, clientID: id, password: nil, will: "camstream/status")
    }

    private func outlet(_ id: String = "cam") throws -> MQTTOutlet {
        try MQTTOutlet(
            config, classes: [], program: "camstream 0", clientID: id, try transport(id), metrics: Metrics(), log)
    }

    /// Reads topics as others do, until it has seen enough.
    private func read(_ topic: String, _ after: () -> Void = {}, until isEnough: ([String]) -> Bool) throws -> [String]
    {
        let reader = try transport("reader")
        var (texts, isSubscribed) = ([String](), false)
        while reader.connect() != nil {}
        while !isEnough(texts) {
            for news in reader.wait(upTo: .milliseconds(100)) {
                switch news {
                case .connected:
                    reader.subscribe(to: topic)
                    isSubscribed = true
                    after()
                case .received(_, let payload, _): texts.append(String(decoding: payload, as: UTF8.self))
                case .lost:
                    // The broker is not up yet.
                    if !isSubscribed { while reader.connect() != nil {} }
                case .delivered: break
                }
            }
        }
        reader.disconnect(withFarewell: true)
        return texts
    }

    @Test func aThousandEventsArriveOnceAndInTheirOrder() throws {
        let outlet = try outlet()
        outlet.add(CameraAccess(name: "door"))
        let events = (0..<1000).map { CameraEvent(.appeared, camera: "door", time: Double($0), track: $0) }
        let texts = try read("camstream/door/event") {
            for event in events { outlet.take(event, of: "door") }
        } until: {
            $0.count >= events.count
        }
        #expect(texts == events.map(\.json))
        outlet.finish(within: .seconds(20))
        #expect(outlet.status?.lost == 0)
    }

    @Test func aBrokerThatIsKilledAndReturnsHasTheStateAtOnceAndWhatHappenedMeanwhile() throws {
        let outlet = try outlet()
        let teller = EventTeller(CameraAccess(name: "door"), EventsConfig(), [outlet], metrics: Metrics()) { _ in }
        let dog = ClassScore(id: 1, label: "dog", probability: 0.9)
        teller.note(Sighting(time: 10, classes: [dog], shown: dog))
        _ = try read("camstream/door/state") { !$0.isEmpty }
        broker.kill()
        teller.lose(at: 20)
        teller.find(at: 30)
        teller.note(Sighting(time: 31, classes: [dog], shown: dog))
        try broker.start()
        // A new broker knows nothing: all of it is what was sent after its return.
        let states = try read("camstream/door/state") { !$0.isEmpty }
        #expect(states.last?.contains(#""time":31"#) == true, "\(states)")
        #expect(try read("camstream/status") { !$0.isEmpty }.last == "online")
        outlet.finish(within: .seconds(20))
        #expect(try read("camstream/status") { !$0.isEmpty }.last == "offline")
    }

    @Test func aProcessThatDiesLeavesItsLastWill() throws {
        var dying: MosquittoTransport? = try transport("dying")
        while dying?.connect() != nil {}
        while dying?.wait(upTo: .milliseconds(100)).contains(.connected) == false {}
        _ = dying?.publish(MQTTMessage("camstream/status", "online", qos: 1, isRetained: true))
        _ = try read("camstream/status") { $0.last == "online" }
        let texts = try read("camstream/status") {
            // Its socket is closed without a farewell.
            dying?.disconnect(withFarewell: false)
            dying = nil
        } until: {
            $0.last == "offline"
        }
        #expect(texts.last == "offline")
    }
}

@Suite(.timeLimit(.minutes(30))) struct BadBrokerTests {
    /// What it says in place of an answer.
    @Test(arguments: [
        [UInt8](repeating: 0xff, count: 4096), Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8),
        [0x20, 0x02, 0x00, 0x05], [0x20, 0xff, 0xff, 0xff, 0x7f] + [UInt8](repeating: 0, count: 100), [],
    ])
    func aBrokerThatAnswersGarbageIsNoBroker(_ garbage: [UInt8]) throws {
        let listener = try Listener()
        let thread = Thread {
            while let connection = listener.connection() { connection.send(garbage) }
        }
        thread.start()
        var config = MQTTConfig()
        config.url = "mqtt://127.0.0.1:\(listener.port)"
        let transport = try MosquittoTransport(
            config, try config.broker, clientID: "cam", password: nil, will: "camstream/status")
        let outbox = MQTTOutbox(capacity: 10)
        outbox.put(MQTTMessage("camstream/door/event", "event", qos: 1))
        let start = ContinuousClock.now
        var session = MQTTSession(transport, outbox, status: "s", qos: 1, commands: nil, at: start) { _, _, _ in }
        while session.problem == nil { session.step(at: .now, waiting: .milliseconds(50)) }
        #expect(!session.isConnected && outbox.count == 1)
        listener.stop()
    }

    @Test func whereNobodyListensTheReasonIsTold() throws {
        let port = Int(try Listener().port)
        var config = MQTTConfig()
        config.url = "mqtt://127.0.0.1:\(port)"
        let transport = try MosquittoTransport(
            config, try config.broker, clientID: "cam", password: nil, will: "camstream/status")
        var session = MQTTSession(
            transport, MQTTOutbox(capacity: 1), status: "s", qos: 1, commands: nil, at: .now
        ) { _, _, _ in }
        while session.problem == nil { session.step(at: .now, waiting: .milliseconds(50)) }
        #expect(session.problem == "Connection refused", "\(session.problem ?? "")")
    }
}
