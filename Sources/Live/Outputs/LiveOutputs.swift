import Encode
import Logging

/// The files that a live run writes.
struct LiveFiles: Sendable {
    let config: EncodeConfig
    /// nil: there is no output.
    let recording: RecordedStream?
    let sidecar: LiveSidecar?

    /// - Parameter previous: what this program has written until now. A sidecar of the same name goes on.
    /// - Throws: `EncodeError` if one of them cannot be written, `LackOfResources`. Nothing is written yet.
    init(
        _ config: EncodeConfig, after previous: LiveFiles?, _ hub: LiveHub, _ log: Logger
    ) throws {
        self.config = config
        recording =
            config.output.isEmpty ? nil : try RecordedStream(config, goesOn: previous != nil, hub, log)
        if let previous, previous.config.sidecar == config.sidecar {
            sidecar = previous.sidecar
            return
        }
        sidecar = try config.sidecar.map { path in
            try LiveSidecar(try SidecarWriter(path: path, replacing: config.force), hub, log)
        }
    }

    /// Files whose disk takes longer are completed in the background.
    private static let timeToHandOver = Duration.seconds(1)

    /// Makes room for others. What was recorded is completed in the background.
    func handOver(to next: LiveFiles) throws(EncodeError) {
        recording?.end(within: Self.timeToHandOver) { $0.close() }
        if sidecar !== next.sidecar { try sidecar?.finish(within: Self.timeToHandOver) }
    }

    /// Blocks until the files are complete.
    ///
    /// - Parameter limit: how long that may take; nil: as long as it takes.
    func finish(within limit: Duration?) throws(EncodeError) {
        let start = ContinuousClock.now
        recording?.end(within: limit) { $0.finish(within: limit.map { max($0 - (.now - start), .zero) }) }
        try sidecar?.finish(within: limit.map { max($0 - (.now - start), .milliseconds(100)) })
    }
}
