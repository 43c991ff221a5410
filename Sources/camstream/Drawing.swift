import Capture
import Encode
import Live
import Logging
import Overlay
import Pipeline

/// What makes a video of explained pictures: the last two stages of a run on a recording.
struct Drawing {
    let painter: EnlargingPainter
    let sink: any FrameSink
    /// The path of the output.
    let output: String
    /// Where pictures are encoded.
    let thread: StageThread

    /// Creates the output.
    ///
    /// - Parameter methods: what a comparison shows, as papers write it.
    init(_ config: Config, _ source: any FrameSource, methods: [String]) throws {
        output = config.encode.output
        painter = try EnlargingPainter(config.overlay, input: source.format, methods: methods)
        sink = try openSink(
            config.encode, format: painter.outputFormat, auxiliaryStreams: source.auxiliaryStreams,
            packets: source.packets,
            metadata: OutputMetadata(
                container: source.metadata, video: source.videoMetadata, chapters: source.chapters))
        thread = try StageThread("encode")
    }

    /// Encodes what comes, on the thread for it.
    func encode(_ painted: Channel<Frame>, _ counter: StageCounter, _ log: Logger) async throws {
        defer { painted.cancel() }
        while let frame = await painted.receive() {
            try counter.measure(frame, sink.write)
            // From here on there is a result.
            if counter.done == 1 { log.debug("the first frame is done") }
        }
    }

    /// Completes the output. It blocks: the encoder is flushed, and the file's index put in place and synced.
    func finish(_ counter: StageCounter) async throws {
        try await withTaskExecutorPreference(thread) { try counter.measureTime { try sink.finish() } }
    }
}
