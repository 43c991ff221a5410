import Pipeline
import Testing

@testable import Events

/// The payloads against what Home Assistant's documentation says of each kind of entity:
/// https://www.home-assistant.io/integrations/mqtt/, sensor.mqtt, binary_sensor.mqtt, camera.mqtt, switch.mqtt.
@Suite struct HomeAssistantTests {
    private static let common: Set = [
        "availability", "availability_mode", "availability_template", "availability_topic", "default_entity_id",
        "device",
        "enabled_by_default", "encoding", "entity_category", "entity_picture", "icon", "json_attributes_template",
        "json_attributes_topic", "name", "origin", "payload_available", "payload_not_available", "qos", "unique_id",
    ]
    /// What each kind must have, and what it may.
    private static let known: [String: (required: Set<String>, allowed: Set<String>)] = [
        "sensor": (
            ["state_topic"],
            [
                "device_class", "expire_after", "force_update", "last_reset_value_template", "options", "state_class",
                "suggested_display_precision", "unit_of_measurement", "value_template",
            ]
        ),
        "binary_sensor": (
            ["state_topic"],
            [
                "device_class", "expire_after", "force_update", "off_delay", "payload_off", "payload_on",
                "value_template",
            ]
        ),
        "camera": (["topic"], ["image_encoding"]),
        "switch": (
            ["command_topic"],
            [
                "command_template", "device_class", "optimistic", "payload_off", "payload_on", "retain", "state_off",
                "state_on", "state_topic", "value_template",
            ]
        ),
    ]
    private static let device: Set = [
        "configuration_url", "connections", "hw_version", "identifiers", "manufacturer", "model", "model_id", "name",
        "serial_number", "suggested_area", "sw_version", "via_device",
    ]

    private static let messages = HomeAssistant(
        topics: MQTTTopics(prefix: "home/cams"), discovery: "homeassistant", clientID: "cam-1", program: "camstream 0",
        classes: ["dog", "cock's comb"], hasSnapshots: true, takesCommands: true
    ).messages(of: "door")

    @Test func everyPayloadFitsWhatHomeAssistantDocuments() throws {
        for (topic, payload) in Self.messages {
            let parts = topic.split(separator: "/").map(String.init)
            #expect(parts.count == 4 && parts[0] == "homeassistant" && parts[3] == "config")
            #expect(parts[2].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
            let kind = try #require(Self.known[parts[1]], "\(topic)")
            guard case .object(let members) = payload, case .object(let device)? = members["device"],
                case .object(let origin)? = members["origin"]
            else {
                Issue.record("\(topic) is no object with a device and an origin")
                continue
            }
            let keys = Set(members.keys)
            #expect(kind.required.isSubset(of: keys), "\(topic)")
            #expect(keys.subtracting(Self.common).subtracting(kind.required).isSubset(of: kind.allowed), "\(topic)")
            #expect(Set(device.keys).isSubset(of: Self.device) && device["identifiers"] != nil)
            // The origin must have a name.
            #expect(Set(origin.keys).isSubset(of: ["name", "sw_version", "support_url"]) && origin["name"] != nil)
            #expect(members["unique_id"] == .text(parts[2]))
        }
        #expect(Set(Self.messages.map(\.topic)).count == Self.messages.count)
        #expect(
            Self.messages.map { $0.topic.split(separator: "/")[1] } == [
                "sensor", "sensor", "binary_sensor", "binary_sensor", "binary_sensor", "camera", "switch",
            ])
    }

    @Test func aQuotationMarkInAClassEndsNoTemplate() {
        guard case .object(let members) = Self.messages[4].payload else { return }
        #expect(members["value_template"] == .text(#"{{ 'ON' if value_json.classes['cock\'s comb'] else 'OFF' }}"#))
    }
}
