import Capture
import Encode
import Infer
import Pipeline
import Serve

/// Where live pictures go: to the viewers, to the sidecar, to the recording; and what is counted on the way.
final class LiveOutlets: Sendable {
    let registry: Metrics
    let metrics: LiveMetrics
    let ledger: FrameLedger
    private let status: LiveStatus
    private let feed: LiveFeed
    private let events: EventHub
    private let sidecar: SidecarWriter?
    private let method: String
    private let progress: ProgressLine

    init(
        registry: Metrics, metrics: LiveMetrics, ledger: FrameLedger, status: LiveStatus, feed: LiveFeed,
        events: EventHub, sidecar: SidecarWriter?, method: String, progress: ProgressLine
    ) {
        self.registry = registry
        self.metrics = metrics
        self.ledger = ledger
        self.status = status
        self.feed = feed
        self.events = events
        self.sidecar = sidecar
        self.method = method
        self.progress = progress
    }

    /// Counts a frame that came out of the source, and those that did not.
    func noteCapture(_ frame: borrowing Frame, _ source: any FrameSource) {
        ledger.capture()
        ledger.noteDrops(ofSource: source.drops)
        if let captured = frame.captured { metrics.capture.observe(captured.age) }
        status.setSignal(isPresent: true)
    }

    /// A finished picture of the input.
    func deliver(
        _ picture: consuming Frame, _ format: VideoFormat, _ entry: MapBoard.Entry?, mapAge: Double
    ) throws {
        let captured = picture.captured ?? .now
        let latency = captured.age
        let sequence = status.nextSequence()
        metrics.latency.observe(latency)
        if entry != nil { metrics.mapAge.observe(mapAge) }
        try feed.publish(
            picture,
            PictureFacts(
                sequence: sequence, capturedAt: .microseconds(captured.wall), latency: .seconds(latency),
                mapAge: .seconds(mapAge), label: entry?.top.first?.label))
        events.publish(
            .frame(
                status.show(
                    sequence: sequence, seconds: picture.seconds, width: format.width, height: format.height,
                    latency: latency, mapAge: mapAge, top: entry?.top ?? [])))
        ledger.write()
    }

    /// A board in place of pictures.
    func deliverSlate(_ picture: consuming Frame, _ format: VideoFormat) throws {
        let captured = picture.captured ?? .now
        try feed.publish(
            picture,
            PictureFacts(
                sequence: status.nextSequence(), capturedAt: .microseconds(captured.wall), latency: .zero,
                isSlate: true))
    }

    func finish() {}
    func record() async throws {}
}
