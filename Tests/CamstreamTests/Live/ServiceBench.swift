import Foundation
import Glibc
import TestSupport

/// `camstream serve` with a config file, and what its service manager is told.
final class ServiceBench {
    let folder: TemporaryFolder
    let config: String
    let notify: NotifyReceiver

    init() throws {
        folder = try TemporaryFolder()
        config = folder.file("camera.yaml")
        notify = try NotifyReceiver(folder.file("notify"))
    }

    /// Writes the config file.
    ///
    /// - Parameter more: further lines.
    func configure(
        _ input: String, capture: String = "wait: true", model: String = Clips.model, overlay: String = "box: true",
        encode: String? = nil, serve: String = "listen: 127.0.0.1:0"
    ) throws {
        try write(
            """
            capture: {input: '\(input)', \(capture)}
            infer: {model: '\(model)'}
            overlay: {\(overlay)}
            serve: {\(serve)}
            \(encode.map { "encode: {\($0)}" } ?? "")

            """)
    }

    func write(_ text: String) throws { _ = try folder.write(text.utf8, to: "camera.yaml") }

    /// - Parameter watchdog: its interval, in microseconds.
    func start(watchdog: Int? = nil, environment: [String: String] = [:]) throws -> Program.Running {
        var environment = environment
        environment["NOTIFY_SOCKET"] = notify.name
        if let watchdog { environment["WATCHDOG_USEC"] = "\(watchdog)" }
        return try Program.Running(["serve", "--config", config], environment: environment)
    }

    /// - Returns: how it ends by itself.
    func run() throws -> Program {
        try Program.run(["serve", "--config", config], environment: ["NOTIFY_SOCKET": notify.name])
    }
}
