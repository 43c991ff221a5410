import ArgumentParser
import Capture
import Logging
import Overlay
import Pipeline
import Serve
import Viewer

/// The program on kept recordings that are looked at: their pages, served or written.
enum ViewRun {
    private static let program = "camstream \(Camstream.version)"

    /// Writes the pages; a signal leaves nothing of them.
    static func export(_ path: String, to folder: String, _ log: Logger) throws {
        try Main.performWhole(log) {
            let recordings = try Recordings(path)
            let export = ViewExport(recordings, program: program) { OverlayConfig(of: $0) }
            try export.write(to: folder) { path, summary in tell(path, summary, log) }
            log.notice("\(folder): open index.html in it, from the disk or from a web server")
        }
    }

    /// Serves the pages until a signal comes, which is how it ends.
    ///
    /// - Returns: the exit code.
    static func serve(_ path: String, at address: String, _ log: Logger) async throws -> Int32 {
        var config = ServeConfig()
        (config.listen, config.readOnly) = (address, true)
        try config.validate()
        let (interrupt, signals) = (Interrupt(), Signals())
        let recordings = try Recordings(path)
        let pages = try ServedPages(
            recordings, program: program, interrupt: interrupt, style: { OverlayConfig(of: $0) },
            onClip: { tell($0, $1, log) }, onProblem: { log.error("\($0)") })
        defer { pages.close() }
        let server: HTTPServer
        do {
            server = try HTTPServer(
                config, cameras: ServedCameras(), files: pages, metrics: Metrics(), limits: limits, logger: log)
        } catch ServeError.openToAll {
            // Nobody is asked who comes.
            throw ConfigError.outOfRange(
                key: "--listen", value: address,
                allowed: "an address of this machine alone, such as 127.0.0.1:8095; for others, --export the page")
        }
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            let (stops, stop) = AsyncStream.makeStream(of: Void.self)
            signals.onStop {
                interrupt.raise()
                stop.finish()
            }
            group.addTask {
                for await _ in stops {}
                return true
            }
            group.addTask { [config] in
                try await pages.makeFirst()
                try await server.run { port in announce(config, port, log) }
                return false
            }
            do {
                while let isOver = try await group.next(), !isOver {}
            } catch CaptureError.interrupted where signals.received != nil {
                // What was being made is gone with its folder.
            }
            group.cancelAll()
            return ExitStatus.done.rawValue
        }
    }

    /// A browser takes the rest of a video only when it gets there.
    private static var limits: ConnectionLimits {
        var limits = ConnectionLimits()
        limits.writeTimeout = .seconds(300)
        return limits
    }

    private static func announce(_ config: ServeConfig, _ port: Int, _ log: Logger) {
        guard let host = try? config.address.host else { return }
        log.notice("look at \(ServedAddress("http", host: host, port: port).text()) (Ctrl-C ends it)")
    }

    private static func tell(_ path: String, _ summary: ClipPage.Summary, _ log: Logger) {
        log.info("\(path): \(summary.frames) frames")
        if summary.framesWithoutHeat > 0 {
            log.warning("\(path): \(CaptureWarning.withoutHeat(frames: summary.framesWithoutHeat, of: summary.frames))")
        }
        if let codec = summary.soundLeftOut {
            log.warning("\(path): its sound is \(codec), which browsers do not play: the page is silent")
        }
    }
}
