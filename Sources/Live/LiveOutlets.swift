import Capture
import Encode
import Infer
import Logging
import Pipeline
import Serve
import Synchronization

/// Where live pictures go: to the viewers, to the sidecar, to the recording; and what is counted on the way.
package final class LiveOutlets: Sendable {
    /// Is told how many pictures went out, and what is seen in the last.
    package typealias OnPicture = @Sendable (_ pictures: Int, _ label: String?) -> Void

    let hub: LiveHub
    private let settings: LiveSettings
    /// nil: there is no output.
    private let recording: LiveRecording?
    private let sidecar: LiveSidecar?
    private let method: String
    private let onPicture: OnPicture
    private let log: Logger
    private let hasDelivered = Atomic(false)

    init(
        _ hub: LiveHub, _ settings: LiveSettings, recording: LiveRecording? = nil, sidecar: LiveSidecar? = nil,
        method: String, onPicture: @escaping OnPicture = { _, _ in },
        log: Logger
    ) {
        self.hub = hub
        self.settings = settings
        self.recording = recording
        self.sidecar = sidecar
        self.method = method
        self.onPicture = onPicture
        self.log = log
    }

    /// Counts a frame that came out of the source, and those that did not.
    func noteCapture(_ frame: borrowing Frame, _ source: any FrameSource) {
        hub.ledger.capture()
        hub.ledger.noteDrops(ofSource: source.drops)
        if let captured = frame.captured { hub.metrics.capture.observe(captured.age) }
        hub.status.setSignal(isPresent: true)
    }

    /// Hands what is seen in a frame to the sidecar.
    func describe(_ explained: borrowing Explained) {
        guard let sidecar, let record = FrameRecord(explained, method: method) else { return }
        sidecar.offer(record)
    }

    /// A finished picture of the input.
    func deliver(
        _ picture: consuming Frame, _ format: VideoFormat, _ entry: LatestMaps.Entry?, mapAge: Double
    ) throws {
        let captured = picture.captured ?? .now
        let latency = captured.age
        let sequence = hub.status.nextSequence()
        hub.metrics.latency.observe(latency)
        if entry != nil { hub.metrics.mapAge.observe(mapAge) }
        try hub.feed.publish(
            picture,
            PictureFacts(
                sequence: sequence, capturedAt: .microseconds(captured.wall), latency: .seconds(latency),
                mapAge: .seconds(mapAge), label: entry?.drawnLabel))
        hub.events.publish(
            .frame(
                hub.status.show(
                    sequence: sequence, seconds: picture.seconds, width: format.width, height: format.height,
                    latency: latency, mapAge: mapAge, top: entry.map { $0.top.printed($0.printed) } ?? [])))
        onPicture(sequence + 1, entry?.drawnLabel)  // who asks from now on gets it
        if !hasDelivered.exchange(true, ordering: .relaxed) { log.debug("the first picture is delivered") }
        if record(picture, format, isSlate: false) { return }
        hub.ledger.write()
    }

    /// A slate in place of pictures.
    func deliverSlate(_ picture: consuming Frame, _ format: VideoFormat) throws {
        try hub.showSlate(picture, at: picture.captured ?? .now)
        _ = record(picture, format, isSlate: true)
    }

    /// - Returns: false if nothing is recorded.
    private func record(_ picture: consuming Frame, _ format: VideoFormat, isSlate: Bool) -> Bool {
        guard let recording else { return false }
        let wasActive = recording.isActive
        recording.follow(settings.values.isRecording)
        // The encoder learns with the first picture after it that nobody reads.
        guard wasActive || recording.isActive else { return false }
        recording.offer(.init(frame: picture, format: format, isSlate: isSlate))
        return true
    }

    /// No more pictures come.
    func finish() { recording?.finish() }

    /// Writes pictures until `finish`.
    func record() async { await recording?.run() }
}
