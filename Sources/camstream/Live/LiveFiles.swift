import Encode
import Logging

/// The files that a live run writes.
struct LiveFiles: Sendable {
    let config: EncodeConfig
    /// nil: there is no output.
    let recorder: Recorder?
    let sidecar: SidecarWriter?

    /// - Throws: `EncodeError` if one of them cannot be written. Nothing is written yet.
    init(_ config: EncodeConfig, _ log: Logger) throws(EncodeError) {
        self.config = config
        recorder =
            config.output.isEmpty
            ? nil
            : try Recorder(config) { event in log.log(level: event.isLoss ? .warning : .info, "\(event)") }
        sidecar = try config.sidecar.map { (path) throws(EncodeError) in
            try SidecarWriter(path: path, replacing: config.force)
        }
    }

    /// Blocks until the files are complete.
    ///
    /// - Parameter limit: how long that may take; nil: as long as it takes.
    func finish(within limit: Duration?) throws(EncodeError) {
        recorder?.finish(within: limit)
        try sidecar?.finish()
    }
}
