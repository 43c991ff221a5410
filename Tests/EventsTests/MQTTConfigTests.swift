import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Events

@Suite struct MQTTConfigTests {
    private func message(_ yaml: String) -> String {
        do throws(ConfigError) {
            try YAMLFile.decode(MQTTConfig.self, text: yaml, name: "c").validate()
            return "fine"
        } catch {
            return "\(error)"
        }
    }

    @Test func addressesOfBrokersAreRead() throws {
        var config = MQTTConfig()
        for (url, host, port, isEncrypted) in [
            ("mqtt://broker", "broker", 1883, false), ("MQTTS://broker.example.org/", "broker.example.org", 8883, true),
            ("mqtt://[::1]:99", "::1", 99, false), ("mqtt://10.0.0.1:1884", "10.0.0.1", 1884, false),
        ] {
            config.url = url
            let broker = try config.broker
            #expect(broker == .init(host: host, port: port, isEncrypted: isEncrypted))
        }
    }

    @Test(arguments: [
        "broker", "http://broker", "mqtt://", "mqtt://user:secret@broker", "mqtt://broker:0", "mqtt://a b",
        "mqtt://broker:1/x",
    ])
    func otherAddressesAreRefusedWithoutTheirSecrets(_ url: String) {
        let message = message("url: '\(url)'")
        #expect(message.hasPrefix("mqtt.url cannot be") && !message.contains("secret@"), "\(message)")
    }

    @Test func wrongSettingsAreToldInOneLine() {
        #expect(message("qos: 1") == "mqtt.url is missing")
        #expect(message("{url: 'mqtt://b', qos: 3}").hasPrefix("mqtt.qos cannot be '3'"))
        #expect(message("{url: 'mqtt://b', prefix: 'a/#'}").hasPrefix("mqtt.prefix cannot be 'a/#'"))
        #expect(message("{url: 'mqtt://b', password-file: f}") == "mqtt.user is missing")
        #expect(message("{url: 'mqtt://b', ca-file: f}").contains("only with mqtts://"))
        #expect(message("{url: 'mqtts://b', cert-file: f}") == "mqtt.key-file is missing")
        #expect(message("{url: 'mqtt://b', password: f}").contains("unknown setting 'password'"))
        #expect(message("{url: 'mqtts://b', user: u, password-env: P, ca-file: f, discovery: homeassistant}") == "fine")
    }

    @Test func passwordsComeFromAFileOrTheEnvironment() throws {
        let folder = try TemporaryFolder()
        try folder.write("# the broker's\nswordfish\n".utf8, to: "p")
        chmod(folder.file("p"), 0o600)
        var config = MQTTConfig()
        #expect(try EventSecret.password(config, environment: [:]) == nil)
        config.passwordFile = folder.file("p")
        #expect(try EventSecret.password(config, environment: [:]) == "swordfish")
        (config.passwordFile, config.passwordEnv) = (nil, "P")
        #expect(try EventSecret.password(config, environment: ["P": "other"]) == "other")
        #expect(throws: EventsError.self) { try EventSecret.password(config, environment: [:]) }
    }

    @Test func aPasswordThatOthersCanReadIsRefused() throws {
        let folder = try TemporaryFolder()
        try folder.write("swordfish\n".utf8, to: "p")
        chmod(folder.file("p"), 0o644)
        var config = MQTTConfig()
        config.passwordFile = folder.file("p")
        #expect(throws: EventsError.self) { try EventSecret.password(config, environment: [:]) }
    }
}
