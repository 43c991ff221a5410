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
    private let onPicture: OnPicture
    private let log: Logger
    private let hasDelivered = Atomic(false)

    init(
        _ hub: LiveHub, _ settings: LiveSettings, recording: LiveRecording? = nil, sidecar: LiveSidecar? = nil,
        onPicture: @escaping OnPicture = { _, _ in }, log: Logger
    ) {
        self.hub = hub
        self.settings = settings
        self.recording = recording
        self.sidecar = sidecar
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
    ///
    /// - Parameter method: that saw it.
    func describe(_ explained: borrowing Explained, _ method: String) {
        guard let sidecar, let record = FrameRecord(explained, method: method) else { return }
        sidecar.offer(record)
    }

    /// Whether somebody looks at the next picture, or it is recorded. Else it need not be drawn.
    var wantPictures: Bool { hub.feed.isWatched || (recording != nil && settings.values.isRecording) }

    /// Whether it matters where the next picture's maps lie.
    var wantMaps: Bool { sidecar != nil || wantPictures }

    /// A finished picture of the input.
    func deliver(
        _ picture: consuming Frame, _ format: VideoFormat, _ entry: LatestMaps.Entry?, mapAge: Double
    ) throws {
        let facts = facts(picture, entry, mapAge: mapAge)
        try hub.feed.publish(picture, facts)
        tell(facts, of: picture, format, entry)
        if record(picture, format, isSlate: false) { return }
        hub.ledger.write()
    }

    /// A picture of the input that was not drawn, as nobody looks.
    func pass(_ frame: borrowing Frame, _ format: VideoFormat, _ entry: LatestMaps.Entry?, mapAge: Double) {
        let facts = facts(frame, entry, mapAge: mapAge)
        hub.feed.pass(facts)
        tell(facts, of: frame, format, entry)
        recording?.follow(settings.values.isRecording)
        hub.metrics.undrawn.add()
        hub.ledger.write()
    }

    private func facts(
        _ picture: borrowing Frame, _ entry: LatestMaps.Entry?, mapAge: Double
    ) -> PictureFacts {
        let captured = picture.captured ?? .now
        let latency = captured.age
        hub.metrics.latency.observe(latency)
        if entry != nil { hub.metrics.mapAge.observe(mapAge) }
        return PictureFacts(
            sequence: hub.status.nextSequence(), capturedAt: .microseconds(captured.wall), latency: .seconds(latency),
            mapAge: .seconds(mapAge), label: entry?.drawnLabel)
    }

    private func tell(
        _ facts: PictureFacts, of picture: borrowing Frame, _ format: VideoFormat, _ entry: LatestMaps.Entry?
    ) {
        hub.events.publish(
            .frame(
                hub.status.show(
                    sequence: facts.sequence, seconds: picture.seconds, width: format.width, height: format.height,
                    latency: facts.latency / .seconds(1), mapAge: facts.mapAge / .seconds(1),
                    top: entry.map { $0.top.printed($0.printed) } ?? [])))
        onPicture(facts.sequence + 1, entry?.drawnLabel)  // who asks from now on gets it
        if !hasDelivered.exchange(true, ordering: .relaxed) { log.debug("the first picture is delivered") }
    }

    /// A slate in place of pictures.
    func deliverSlate(_ picture: consuming Frame, _ format: VideoFormat) throws {
        try hub.showSlate(picture, at: picture.captured ?? .now)
        _ = record(picture, format, isSlate: true)
    }

    /// - Returns: false if nothing is recorded.
    private func record(_ picture: consuming Frame, _ format: VideoFormat, isSlate: Bool) -> Bool {
        guard let recording else { return false }
        recording.follow(settings.values.isRecording)
        guard recording.isActive else { return false }
        recording.offer(.init(frame: picture, format: format, isSlate: isSlate))
        return true
    }

    /// Whether pictures can be recorded.
    var hasRecording: Bool { recording != nil }

    /// No more pictures come.
    func finish() { recording?.finish() }

    /// Writes pictures until `finish`.
    func record() async { await recording?.run() }
}
