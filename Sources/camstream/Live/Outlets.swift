import Events
import Foundation
import Live
import Logging
import Pipeline
import Serve

extension Config {
    /// What happens before the cameras goes to these.
    ///
    /// - Throws: `EventsError` if one of them cannot be had.
    func openOutlets(_ metrics: Metrics, _ log: Logger) throws -> [any EventOutlet] {
        var outlets: [any EventOutlet] = []
        if let path = events.file { outlets.append(try EventLog(path: path, events, metrics: metrics, log)) }
        let program = "camstream \(Camstream.version)"
        if let mqtt {
            outlets.append(
                try MQTTOutlet(
                    mqtt, classes: events.classes, program: program, host: ProcessInfo.processInfo.hostName,
                    metrics: metrics, log))
        }
        if !hooks.isEmpty { outlets.append(try HookOutlet(hooks, program: program, metrics: metrics, log)) }
        return outlets
    }

    /// Checks what none of the sections knows by itself.
    func checkOutlets() throws(ConfigError) {
        try mqtt?.validate()
        try HookConfig.validate(hooks, cameras: cameras.map(\.name))
        guard serve == nil else { return }
        if mqtt?.snapshots == true {
            throw .misplaced(key: "mqtt.snapshots", advice: "the server makes the pictures, so it takes --serve")
        }
        if let number = hooks.firstIndex(where: \.takesSnapshots) {
            throw .misplaced(
                key: "on.\(number).do.snapshot", advice: "the server makes the pictures, so it takes --serve")
        }
    }

    /// What outlets read.
    var outletFiles: [DistinctFiles.Read] {
        [
            (mqtt?.caFile, "the broker's authority"), (mqtt?.certFile, "the certificate for the broker"),
            (mqtt?.keyFile, "the key for the broker"), (mqtt?.passwordFile, "the broker's password"),
        ]
            + hooks.map { hook in
                guard case .post(_, let file) = hook.action else { return (nil, "") }
                return (file, "a webhook's key")
            }
    }

    /// Whether anything is told of events.
    var tellsEvents: Bool { events.file != nil || mqtt != nil || !hooks.isEmpty }

    /// - Throws: `ConfigError` if events of a recording are asked for.
    func checkThatNoEventsAreAsked() throws(ConfigError) {
        guard tellsEvents else { return }
        throw .misplaced(
            key: events.file != nil ? "events.file" : mqtt != nil ? "mqtt.url" : "on",
            advice: "events are of live inputs; of a recording, --sidecar reports what is seen in each frame")
    }
}
