import Pipeline
import Serve

/// What the viewers' side of a live run is made of. It is there before the pipeline and outlives it: clients stay while
/// settings are read again or a camera is away.
struct LiveHub: Sendable {
    let registry = Metrics()
    let metrics: LiveMetrics
    let ledger: FrameLedger
    let status = LiveStatus()
    let feed: LiveFeed
    let events: EventHub
    let program: LiveProgram

    /// - Parameter config: nil: nobody watches.
    init(_ config: ServeConfig?) {
        let config = config ?? ServeConfig()
        let events = EventHub(maximumClients: config.maximumClients, metrics: registry)
        self.events = events
        feed = LiveFeed(maximumClients: config.maximumClients, quality: config.quality, metrics: registry)
        ledger = FrameLedger { count, reason in events.publish(.dropped(count: count, reason: reason)) }
        metrics = LiveMetrics(registry, ledger, status)
        program = LiveProgram(status, ledger)
    }

    /// For the server.
    var served: ServedCamera { ServedCamera(feed: feed, events: events, program: program.served) }
}
