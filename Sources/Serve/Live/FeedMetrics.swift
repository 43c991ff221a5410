/// What the feed counts.
struct FeedMetrics: Sendable {
    let encoded: Counter
    let failed: Counter
    let sent: Counter
    let skipped: Counter
    let refused: Counter
    let seconds: Histogram

    init(_ metrics: Metrics) {
        encoded = metrics.counter("camstream_jpeg_encoded_total", "Frames compressed for viewers.")
        failed = metrics.counter("camstream_jpeg_failed_total", "Frames that could not be compressed.")
        sent = metrics.counter("camstream_stream_sent_total", "Frames sent to clients of the stream.")
        skipped = metrics.counter(
            "camstream_stream_skipped_total", "Frames that clients were too slow for, counted when they leave.")
        refused = metrics.counter("camstream_stream_refused_total", "Clients turned away because there were too many.")
        seconds = metrics.histogram(
            "camstream_jpeg_seconds", "Time to convert and compress a frame.",
            buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1])
    }
}
