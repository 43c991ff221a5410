import Pipeline
import Serve

/// What the live pipeline measures of itself, for Prometheus. docs/reference/metrics.md tells the names.
struct LiveMetrics: Sendable {
    /// From the capture to the frame in our hands, then what each stage takes for one frame; in seconds.
    let capture, infer, overlay, record, stream: Histogram
    /// From the capture to the finished picture, in seconds.
    let latency: Histogram
    /// How much older than its picture a map is, in seconds.
    let mapAge: Histogram
    /// Frames that the classifier did not see, because a newer one was there.
    let skipped: Counter
    /// Forward passes.
    let inferences: Counter
    /// How often the drawn class changed by itself.
    let labelSwitches: Counter
    let losses, returns: Counter
    /// Pictures that were not drawn.
    let undrawn: Counter

    private static let bounds = [0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08, 0.12, 0.25, 0.5, 1, 2]

    init(_ metrics: Metrics, _ ledger: FrameLedger, _ status: LiveStatus) {
        func stage(_ name: String) -> Histogram {
            metrics.histogram(
                "camstream_stage_seconds", "Time of one frame in a stage; capture: since it was taken.",
                buckets: Self.bounds, labels: [("stage", name)])
        }
        capture = stage("capture")
        infer = stage("infer")
        overlay = stage("overlay")
        record = stage("record")
        stream = stage("stream")
        latency = metrics.histogram(
            "camstream_latency_seconds", "From a frame's capture until it is drawn.", buckets: Self.bounds)
        mapAge = metrics.histogram(
            "camstream_map_age_seconds", "How much older than its picture the drawn map is; 0: its own.",
            buckets: [0] + Self.bounds)
        skipped = metrics.counter(
            "camstream_inference_skipped_total",
            "Frames that the classifier did not see, because a newer one was there.")
        inferences = metrics.counter(
            "camstream_inferences_total", "Forward passes of the classifier: one a frame, however many methods map it.")
        labelSwitches = metrics.counter(
            "camstream_label_switches_total", "How often the class that is drawn changed by itself.")
        // From the start, for who compares.
        for loss in LiveOutputs.losses { _ = loss.counter(metrics) }
        undrawn = metrics.counter(
            "camstream_frames_undrawn_total", "Frames that were not drawn, because nobody looked or recorded.")
        losses = metrics.counter("camstream_signal_lost_total", "How often the input was lost.")
        returns = metrics.counter("camstream_reconnects_total", "How often the input came back.")
        metrics.gauge("camstream_frames_per_second", "Frames shown a second, over two seconds.") {
            status.framesPerSecond
        }
        metrics.gauge("camstream_signal", "1 while frames come from the input, else 0.") {
            status.hasSignal ? 1 : 0
        }
        metrics.group([
            .init("camstream_recording_active", "1 while frames are to be recorded.", isCounter: false),
            .init(
                "camstream_recording_problem", "1 while the recording pauses, such as on a full disk.", isCounter: false
            ),
            .init("camstream_recording_file_bytes", "Size of the file that is being recorded.", isCounter: false),
        ]) {
            let recording = status.recording
            return [
                .init("camstream_recording_active", recording?.isActive == true ? 1 : 0),
                .init("camstream_recording_problem", recording?.problem == nil ? 0 : 1),
                .init("camstream_recording_file_bytes", Double(recording?.bytes ?? 0)),
            ]
        }
        metrics.group([
            .init("camstream_frames_captured_total", "Frames that the input had: written + dropped + in flight."),
            .init("camstream_frames_written_total", "Frames that were recorded, or shown while nothing is recorded."),
            .init("camstream_frames_dropped_total", "Frames that were lost, by reason."),
            .init("camstream_frames_in_flight", "Frames that are in the pipeline.", isCounter: false),
        ]) {
            let counts = ledger.counts
            return [
                .init("camstream_frames_captured_total", Double(counts.captured)),
                .init("camstream_frames_written_total", Double(counts.written)),
                .init("camstream_frames_in_flight", Double(counts.inFlight)),
            ]
                + counts.dropped.sorted { $0.key < $1.key }.map {
                    .init("camstream_frames_dropped_total", labels: [("reason", $0.key)], Double($0.value))
                }
        }
    }

    /// How many wait in a queue, as long as there is one: it is not kept for that, nor is its thread.
    static func addQueue<Queue: AnyObject & Sendable>(
        _ metrics: Metrics, _ name: String, _ queue: Queue, count: @escaping @Sendable (Queue) -> Int
    ) {
        metrics.gauge("camstream_queue_length", "Frames that wait for a stage.", labels: [("queue", name)]) {
            [weak queue] in
            Double(queue.map(count) ?? 0)
        }
    }
}
