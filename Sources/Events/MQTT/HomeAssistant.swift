import Pipeline
import Serve

/// What Home Assistant is told of a camera, so that it shows it by itself: a message for each entity, on
/// `DISCOVERY/COMPONENT/ID/config`. https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
struct HomeAssistant {
    /// Where this process's topics are.
    let topics: MQTTTopics
    /// Home Assistant's prefix.
    let discovery: String
    /// Tells this process from others.
    let clientID: String
    /// Name and version.
    let program: String
    let classes: [String]
    let hasSnapshots: Bool
    let takesCommands: Bool

    /// Topics and payloads of a camera.
    func messages(of camera: String) -> [(topic: String, payload: JSONValue)] {
        let state = topics.state(camera)
        func entity(_ component: String, _ id: String, _ name: String, _ more: [String: JSONValue])
            -> (topic: String, payload: JSONValue)
        {
            let unique = "\(clientID)_\(CameraAccess.called(camera))_\(id)"
            let common: [String: JSONValue] = [
                "name": .text(name), "unique_id": .text(unique), "availability_topic": .text(topics.status),
                "device": .object(device(camera)), "origin": .object(origin),
            ]
            return (
                "\(discovery)/\(component)/\(unique)/config", .object(common.merging(more) { first, _ in first })
            )
        }
        func read(_ template: String, _ more: [String: JSONValue] = [:]) -> [String: JSONValue] {
            more.merging(["state_topic": .text(state), "value_template": .text(template)]) { first, _ in first }
        }
        var all = [
            entity(
                "sensor", "class", "Class",
                read("{{ value_json.label | default('nothing') }}", ["json_attributes_topic": .text(state)])),
            entity(
                "sensor", "probability", "Probability",
                read(
                    "{{ (value_json.probability | default(0) * 100) | round(1) }}",
                    ["unit_of_measurement": "%", "state_class": "measurement"])),
            entity(
                "binary_sensor", "signal", "Signal",
                read(
                    "{{ 'ON' if value_json.signal else 'OFF' }}",
                    ["device_class": "connectivity", "entity_category": "diagnostic"])),
        ]
        var slugs: Set<String> = []
        for name in classes {
            // The same one for a class wherever it stands in the list.
            var slug = Self.slug(name)
            while !slugs.insert(slug).inserted { slug += "_" }
            let quoted = name.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
            all.append(
                entity(
                    "binary_sensor", "class_\(slug)", name,
                    read("{{ 'ON' if value_json.classes['\(quoted)'] else 'OFF' }}", ["device_class": "presence"])))
        }
        if hasSnapshots {
            all.append(entity("camera", "snapshot", "Snapshot", ["topic": .text(topics.snapshot(camera))]))
        }
        if takesCommands {
            all.append(
                entity(
                    "switch", "recording", "Recording",
                    read(
                        "{{ 'ON' if value_json.recording else 'OFF' }}",
                        [
                            "command_topic": .text(topics.set(camera)), "payload_on": #"{"recording": true}"#,
                            "payload_off": #"{"recording": false}"#, "state_on": "ON", "state_off": "OFF",
                        ])))
        }
        return all
    }

    /// What an ID may hold of a name.
    private static func slug(_ name: String) -> String {
        String(
            name.unicodeScalars.map {
                $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0) ? Character($0) : "_"
            })
    }

    private func device(_ camera: String) -> [String: JSONValue] {
        [
            "identifiers": .list([.text("\(clientID)_\(CameraAccess.called(camera))")]),
            "name": .text("camstream \(CameraAccess.called(camera))"), "manufacturer": "camstream",
            "model": "Class activation maps", "sw_version": .text(program),
        ]
    }

    private var origin: [String: JSONValue] { ["name": "camstream", "sw_version": .text(program)] }
}

/// The topics of a process.
struct MQTTTopics: Sendable {
    let prefix: String

    /// Whether the process is there: "online" or "offline".
    var status: String { "\(prefix)/status" }
    func state(_ camera: String) -> String { "\(base(camera))/state" }
    func event(_ camera: String) -> String { "\(base(camera))/event" }
    func snapshot(_ camera: String) -> String { "\(base(camera))/snapshot" }
    func set(_ camera: String) -> String { "\(base(camera))/set" }
    /// Of all cameras.
    var commands: String { "\(prefix)/+/set" }

    /// The camera's name in a topic of commands.
    func camera(inCommand topic: String) -> String? {
        guard topic.hasPrefix("\(prefix)/"), topic.hasSuffix("/set") else { return nil }
        return String(topic.dropFirst(prefix.count + 1).dropLast("/set".count))
    }

    private func base(_ camera: String) -> String { "\(prefix)/\(CameraAccess.called(camera))" }
}
