import Pipeline
package import Serve

/// What the viewers' side of a live run is made of. It is there before the pipeline and outlives it: clients stay while
/// settings are read again or a camera is away.
package struct LiveHub: Sendable {
    package let registry = Metrics()
    let metrics: LiveMetrics
    let ledger: FrameLedger
    let status = LiveStatus()
    package let feed: LiveFeed
    package let events: EventHub
    package let program: LiveProgram

    /// - Parameters:
    ///   - config: nil: nobody watches.
    ///   - program: name and version, for those who ask.
    package init(_ config: ServeConfig?, program name: String = "camstream") {
        let config = config ?? ServeConfig()
        let events = EventHub(maximumClients: config.maximumClients, metrics: registry)
        self.events = events
        feed = LiveFeed(maximumClients: config.maximumClients, quality: config.quality, metrics: registry)
        ledger = FrameLedger { count, reason in events.publish(.dropped(count: count, reason: reason)) }
        metrics = LiveMetrics(registry, ledger, status)
        program = LiveProgram(name, status, ledger)
    }

    /// For the server.
    package var served: ServedCamera { ServedCamera(feed: feed, events: events, program: program.served) }
}
