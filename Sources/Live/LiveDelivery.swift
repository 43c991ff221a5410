import Capture
import Encode
import Infer
import Logging
import Pipeline
import Serve
import Synchronization

/// Delivers the live pictures of a pipeline to the camera's outputs; tells what is seen in them, and counts what becomes of
/// them on the way.
package final class LiveDelivery: Sendable {
    /// Is told how many pictures went out, and what is seen in the last.
    package typealias OnPicture = @Sendable (_ pictures: Int, _ label: String?) -> Void

    /// What is known of a picture before it is delivered.
    struct Sight: Sendable {
        /// nil: nothing was seen yet.
        let entry: LatestMaps.Entry?
        /// The entry's, with their maps where they lie in this picture.
        let observations: [Observation]
        /// How much older than the picture they are, in seconds.
        let mapAge: Double
        let record: FrameRecord?
    }

    let hub: LiveHub
    private let settings: LiveSettings
    private let outputs: [any LiveOutput]
    /// How long pictures may wait for a slow output when no more come; nil: until all are taken.
    private let timeToDrain: Duration?
    private let onPicture: OnPicture
    private let log: Logger
    private let hasDelivered = Atomic(false)

    init(
        _ hub: LiveHub, _ settings: LiveSettings, _ outputs: [any LiveOutput], timeToDrain: Duration? = nil,
        onPicture: @escaping OnPicture = { _, _ in }, log: Logger
    ) {
        self.hub = hub
        self.settings = settings
        self.outputs = outputs
        self.timeToDrain = timeToDrain
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

    /// What the outputs want of the next picture, all together. Where nobody wants a drawing, it need not be made; where
    /// nobody wants anything, it does not matter where its maps lie.
    var wish: PictureContent {
        let values = settings.values
        return outputs.reduce(into: []) { $0.formUnion($1.wish(values)) }
    }

    /// A picture of the input.
    ///
    /// - Parameters:
    ///   - frame: drawn on, if the content says so.
    ///   - content: what was made for it, as was wished.
    ///   - format: of pictures that are drawn.
    func deliver(_ frame: borrowing Frame, _ content: PictureContent, _ format: VideoFormat, _ sight: Sight) throws {
        let facts = facts(frame, sight)
        let isAccounted = try offer(
            frame,
            LivePicture(
                content: content, format: format, facts: facts, observations: sight.observations, record: sight.record,
                settings: settings.values))
        tell(facts, seconds: frame.seconds, format, sight.entry)
        if !content.contains(.drawing) { hub.metrics.undrawn.add() }
        if !isAccounted { hub.ledger.write() }
    }

    /// A slate in place of pictures.
    func deliverSlate(_ frame: borrowing Frame, _ format: VideoFormat) throws {
        _ = try offer(
            frame,
            LivePicture(
                content: .drawing, format: format, facts: hub.slateFacts(at: frame.captured ?? .now),
                settings: settings.values))
    }

    /// No more pictures come. Blocks until the outputs have taken those that wait for them.
    func drain() { for output in outputs { output.drain(within: timeToDrain) } }

    /// - Returns: whether an output tells the ledger what becomes of it.
    private func offer(_ frame: borrowing Frame, _ picture: LivePicture) throws -> Bool {
        var isAccounted = false
        for output in outputs where try output.offer(frame, picture) { isAccounted = true }
        return isAccounted
    }

    private func facts(_ frame: borrowing Frame, _ sight: Sight) -> PictureFacts {
        let captured = frame.captured ?? .now
        let latency = captured.age
        hub.metrics.latency.observe(latency)
        if sight.entry != nil { hub.metrics.mapAge.observe(sight.mapAge) }
        return PictureFacts(
            sequence: hub.status.nextSequence(), capturedAt: .microseconds(captured.wall), latency: .seconds(latency),
            mapAge: .seconds(sight.mapAge), label: sight.entry?.drawnLabel)
    }

    private func tell(
        _ facts: PictureFacts, seconds: Double, _ format: VideoFormat, _ entry: LatestMaps.Entry?
    ) {
        hub.events.publish(
            .frame(
                hub.status.show(
                    sequence: facts.sequence, seconds: seconds, width: format.width, height: format.height,
                    latency: facts.latency / .seconds(1), mapAge: facts.mapAge / .seconds(1),
                    top: entry?.scores ?? [], isRecognised: entry?.isRecognised ?? true)))
        onPicture(facts.sequence + 1, entry?.drawnLabel)  // who asks from now on gets it
        if !hasDelivered.exchange(true, ordering: .relaxed) { log.debug("the first picture is delivered") }
    }
}
