package import Logging
package import Pipeline
package import Serve
import Synchronization

/// The broker that is told of all cameras. What is told waits in an outbox; a thread of its own sends it, so that a broker that
/// is away, slow or mad costs the pictures nothing.
package final class MQTTOutlet: EventOutlet {
    private struct State {
        var cameras: [String: CameraPace] = [:]
        var access: [String: CameraAccess] = [:]
        var isEnding = false
        var status = LiveState.Outlet(name: "mqtt", isConnected: false, waiting: 0, sent: 0, lost: 0)
    }

    private let config: MQTTConfig
    private let topics: MQTTTopics
    private let discovery: HomeAssistant?
    private let outbox: MQTTOutbox
    private let transport: any MQTTTransport
    private let thread: StageThread
    /// Waits for what cameras answer.
    private let asking: StageThread
    private let log: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - classes: of which is told whether they are there.
    ///   - program: name and version.
    ///   - host: this machine's name.
    /// - Throws: `EventsError`, `ConfigError`, `LackOfResources`.
    package convenience init(
        _ config: MQTTConfig, classes: [String], program: String, host: String, metrics: Metrics, _ log: Logger
    ) throws {
        let id = config.clientID ?? "camstream-" + String(host.map { MQTTTopic.isID("\($0)") ? $0 : "-" }.prefix(50))
        let transport = try MosquittoTransport(
            config, try config.broker, clientID: id, password: try EventSecret.password(config),
            will: MQTTTopics(prefix: config.prefix).status)
        try self.init(config, classes: classes, program: program, clientID: id, transport, metrics: metrics, log)
    }

    init(
        _ config: MQTTConfig, classes: [String], program: String, clientID: String, _ transport: any MQTTTransport,
        metrics: Metrics, _ log: Logger
    ) throws(LackOfResources) {
        (self.config, self.transport, self.log) = (config, transport, log)
        let topics = MQTTTopics(prefix: config.prefix)
        self.topics = topics
        discovery = config.discovery.map {
            HomeAssistant(
                topics: topics, discovery: $0, clientID: clientID, program: program, classes: classes,
                hasSnapshots: config.snapshots, takesCommands: config.commands)
        }
        outbox = MQTTOutbox(capacity: config.queue)
        thread = try StageThread("mqtt")
        asking = try StageThread("mqtt-ask")
        metrics.group([
            .init("camstream_mqtt_connected", "1 while the MQTT broker is there, else 0.", isCounter: false),
            .init("camstream_mqtt_waiting", "Messages that wait for the broker.", isCounter: false),
            .init("camstream_mqtt_sent_total", "Messages that the broker was sent."),
            .init("camstream_mqtt_lost_total", "Events that there was no room or no time for."),
        ]) { [weak self] in
            guard let status = self?.status else { return [] }
            return [
                .init("camstream_mqtt_connected", status.isConnected ? 1 : 0),
                .init("camstream_mqtt_waiting", Double(status.waiting)),
                .init("camstream_mqtt_sent_total", Double(status.sent)),
                .init("camstream_mqtt_lost_total", Double(status.lost)),
            ]
        }
        thread.run { [weak self] in
            guard let run = self?.makeRun() else { return }
            run()
        }
    }

    package var status: LiveState.Outlet? {
        var status = state.withLock { $0.status }
        (status.waiting, status.lost) = (outbox.count, outbox.lost)
        return status
    }

    package func add(_ camera: CameraAccess) {
        state.withLock { state in
            state.access[camera.name] = camera
            state.cameras[camera.name] = CameraPace(config)
        }
        for (topic, payload) in discovery?.messages(of: camera.name) ?? [] {
            outbox.put(MQTTMessage(topic, CameraEvent.json(payload), qos: config.qos, isRetained: true))
        }
        transport.wake()
    }

    package func remove(_ camera: CameraAccess) {
        let isKnown = state.withLock { state in
            guard state.access[camera.name]?.number == camera.number else { return false }
            (state.access[camera.name], state.cameras[camera.name]) = (nil, nil)
            return true
        }
        guard isKnown else { return }
        let camera = camera.name
        let own = Set(
            [topics.state(camera), topics.snapshot(camera)] + (discovery?.messages(of: camera).map(\.topic) ?? []))
        outbox.clear(where: own.contains, qos: config.qos)
        transport.wake()
    }

    package func take(_ event: CameraEvent, of camera: String) {
        let (isInTime, access) = state.withLock { state in
            (
                state.cameras[camera]?.takesEvent(at: event.time) ?? false,
                state.cameras[camera]?.takesSnapshot(of: event) == true ? state.access[camera] : nil
            )
        }
        guard isInTime else { return outbox.noteLoss() }
        outbox.put(MQTTMessage(topics.event(camera), event.json, qos: config.qos))
        if let access { sendSnapshot(access) }
        transport.wake()
    }

    package func follow(_ seen: Sighting?, at time: Double, of camera: String, _ standing: () -> CameraStanding) {
        guard state.withLock({ $0.cameras[camera]?.takesState(at: time, isLost: seen == nil) }) == true else { return }
        let known = standing()
        outbox.put(
            MQTTMessage(topics.state(camera), qos: config.qos, isRetained: true) {
                var known = known
                if let seen, let heat = seen.heat { known.measure(heat, width: seen.width, height: seen.height) }
                return Array(CameraEvent.json(known).utf8)
            })
        transport.wake()
    }

    package func finish(within limit: Duration) {
        state.withLock { $0.isEnding = true }
        transport.wake()
        guard !thread.wait(within: limit) else { return }
        log.warning("the MQTT broker does not answer: \(outbox.count) messages are not sent")
    }

    private func sendSnapshot(_ access: CameraAccess) {
        Task(executorPreference: asking) { [self] in
            if let picture = await access.snapshot() {
                outbox.put(
                    MQTTMessage(topics.snapshot(access.name), qos: config.qos, isRetained: true) { picture })
                transport.wake()
            }
            state.withLock { $0.cameras[access.name]?.noteSnapshot() }
        }
    }

    /// What the thread does. It keeps the outlet until `finish`.
    private func makeRun() -> () -> Void {
        {
            var session = MQTTSession(
                self.transport, self.outbox, status: self.topics.status, qos: self.config.qos,
                commands: self.config.commands ? self.topics.commands : nil, at: .now
            ) { self.obey(topic: $0, payload: $1, isRetained: $2) }
            while !self.state.withLock({ $0.isEnding }) {
                session.step(at: .now)
                self.note(session)
            }
            while !session.end(at: .now) {}
            self.transport.disconnect(withFarewell: true)
        }
    }

    /// Tells the log of each change, and others how things are.
    private func note(_ session: MQTTSession) {
        let (was, now) = state.withLock { state in
            let was = state.status
            (state.status.isConnected, state.status.sent) = (session.isConnected, session.sent)
            if session.isConnected || session.problem != nil { state.status.problem = session.problem }
            return (was, state.status)
        }
        if now.isConnected, !was.isConnected { log.notice("the MQTT broker is there") }
        if let problem = now.problem, problem != was.problem {
            log.warning("MQTT: \(problem); trying again, events wait")
        }
    }

    /// Does what the broker asks for.
    private func obey(topic: String, payload: [UInt8], isRetained: Bool) {
        guard config.commands, let name = topics.camera(inCommand: topic) else { return }
        let access = state.withLock { state in
            state.access.values.first { CameraAccess.called($0.name) == name }
        }
        guard let access else { return log.warning("MQTT: there is no camera of \(Printable.beginning(topic))") }
        // One that is kept would be obeyed again at each start.
        guard !isRetained else { return log.warning("MQTT: a retained command is not obeyed") }
        switch MQTTCommand.changes(payload) {
        case .failure(let fault): log.warning("MQTT: \(fault.description)")
        case .success(let changes):
            Task(executorPreference: asking) { [log] in
                for (key, value) in changes {
                    if let problem = await access.change(key, value) {
                        log.warning("MQTT: \(Printable.beginning(problem))")
                    } else {
                        log.notice("MQTT: \(key) is \(Printable.beginning("\(value)")) now")
                    }
                }
            }
        }
    }
}
