package import Encode
package import Events
import Pipeline
package import Serve

/// What the viewers' sides of all cameras have in common.
package struct Audience: Sendable {
    package let registry: Metrics
    fileprivate let streams, events: ClientLimit
    fileprivate let quality: Int
    /// Whether anybody can ask for anything.
    fileprivate let isServed: Bool
    /// Whether segments are made also while nobody asks for them.
    fileprivate let makesSegments: Bool
    /// Name and version, for those who ask.
    fileprivate let program: String
    fileprivate let eventsConfig: EventsConfig
    fileprivate let outlets: [any EventOutlet]

    /// - Parameters:
    ///   - config: nil: nobody watches.
    ///   - registry: takes what is measured.
    ///   - outlets: what happens goes to.
    package init(
        _ config: ServeConfig?, program: String = "camstream", registry: Metrics = Metrics(),
        events: EventsConfig = EventsConfig(), outlets: [any EventOutlet] = []
    ) {
        (self.registry, eventsConfig, self.outlets) = (registry, events, outlets)
        isServed = config != nil
        let config = config ?? ServeConfig()
        (streams, self.events) = (ClientLimit(config.maximumClients), ClientLimit(config.maximumClients))
        (quality, makesSegments, self.program) = (config.quality, config.hlsAlways, program)
    }
}

/// What the viewers' side of a camera is made of. It is there before the pipeline and outlives it: clients stay while
/// settings are read again or the camera is away.
package struct LiveHub: Sendable {
    /// The camera's; "": the only one.
    package let name: String
    /// Takes what the camera measures.
    let registry: Metrics
    let metrics: LiveMetrics
    let ledger: FrameLedger
    let status = LiveStatus()
    /// Is told what is seen, and tells what happens.
    let teller: EventTeller
    package let feed: LiveFeed
    package let events: EventHub
    package let program: LiveProgram
    /// What is shown, as packets; nil: the linked FFmpeg cannot encode it.
    package let packets: PacketHub?
    let pushes = PushList()
    /// The last seconds of what is shown, for outlets; nil: none wants any, or it cannot be encoded.
    private let recent: PacketRing?
    /// Whether an outlet wants them.
    let keepsSeconds: Bool
    private let segments: LiveSegments?
    /// Whether anybody can ask for anything of it.
    let isServed: Bool

    package init(_ audience: Audience, camera name: String = "") {
        let registry = name.isEmpty ? audience.registry : audience.registry.labelled([("camera", name)])
        let events = EventHub(limit: audience.events, metrics: registry)
        (self.name, self.registry, self.events) = (name, registry, events)
        isServed = audience.isServed
        let packets = try? PacketHub()
        self.packets = packets
        segments = audience.isServed ? packets.map { LiveSegments(of: $0, areAlways: audience.makesSegments) } : nil
        let seconds = audience.outlets.compactMap { $0.secondsKept(of: name) }.max()
        let recent = seconds.flatMap { seconds in packets.map { _ in PacketRing(seconds: seconds) } }
        if let recent { packets?.add(recent) }
        (self.recent, keepsSeconds) = (recent, seconds != nil)
        feed = LiveFeed(limit: audience.streams, quality: audience.quality, metrics: registry)
        ledger = FrameLedger { count, reason in events.publish(.dropped(count: count, reason: reason)) }
        metrics = LiveMetrics(registry, ledger, status)
        let program = LiveProgram(audience.program, status, ledger, pushes) { [outlets = audience.outlets] in
            outlets.compactMap(\.status)
        }
        self.program = program
        teller = EventTeller(
            CameraAccess(
                name: name, recent: recent,
                snapshot: { [feed] in
                    await feed.jpeg(maximumAge: Self.snapshotAge, patience: Self.snapshotPatience)
                },
                change: { key, value in await program.change(key, value, telling: events) }),
            audience.eventsConfig, audience.outlets, metrics: registry
        ) { events.publish(.happening($0)) }
    }

    /// Of pictures that go out with events.
    private static let snapshotAge = Duration.seconds(1)
    private static let snapshotPatience = Duration.seconds(2)

    /// For the server.
    func served(isRequired: Bool, teaching: (any ServedTeaching)? = nil) -> ServedCamera {
        ServedCamera(
            name: name, feed: feed, events: events, program: program.served, isRequired: isRequired, teaching: teaching,
            segments: segments)
    }
}
