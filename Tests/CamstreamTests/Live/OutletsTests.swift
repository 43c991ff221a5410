import ArgumentParser
import Capture
import Events
import Live
import Pipeline
import Serve
import TestSupport
import Testing

@testable import camstream

/// What of events, the broker and hooks the config as a whole decides.
@Suite struct OutletsTests {
    private func message(_ yaml: String) -> String {
        do throws(ConfigError) {
            var config = try YAMLFile.decode(Config.self, text: yaml, name: "c.yaml")
            config.capture.input = "demo:"
            try config.validate()
            try config.checkThatNoEventsAreAsked()
            return "fine"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        ("mqtt: {url: 'mqtt://b', snapshots: true}", "mqtt.snapshots cannot stand here: the server makes the pictures"),
        (
            "on: [{class: dog, do: {record: stop}}, {class: dog, do: {snapshot: a.jpg}}]",
            "on.1.do.snapshot cannot stand here: the server makes the pictures"
        ),
        ("on: [{class: dog, camera: door, do: {record: stop}}]", "on.0.camera cannot be 'door'"),
        (
            "{events: {file: a}, mqtt: {url: 'mqtt://b'}}",
            "events.file cannot stand here: events are of live"
        ),
        ("mqtt: {url: 'mqtt://b'}", "mqtt.url cannot stand here"),
        ("{events: {file: a}, encode: {sidecar: a}}", "events.file cannot be 'a'; allowed: another file than"),
        ("events: {classes: [dog, dog]}", "events.classes cannot be 'dog twice'"),
        ("{events: {file: k}, mqtt: {url: 'mqtts://b', ca-file: k}}", "events.file cannot be 'k'"),
    ])
    func whatCannotBeIsToldInOneLine(_ yaml: String, _ expected: String) {
        let message = message(yaml)
        #expect(message.hasPrefix(expected), "\(message)")
    }

    @Test func optionsStandOverTheFile() throws {
        var config = Config()
        config.mqtt = MQTTConfig()
        config.mqtt?.prefix = "home"
        let options = try Camstream.parse(["--mqtt", "mqtts://b", "--events", "e.jsonl"])
        options.apply(to: &config)
        #expect(config.mqtt?.url == "mqtts://b" && config.mqtt?.prefix == "home" && config.events.file == "e.jsonl")
        #expect(config.tellsEvents && !Config().tellsEvents)
    }
}
