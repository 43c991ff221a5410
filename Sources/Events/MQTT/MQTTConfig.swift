package import Pipeline

/// The broker that is told of events: the key `mqtt` of a config file.
package struct MQTTConfig: Decodable, Sendable, Equatable {
    /// "mqtt://host:1883", "mqtts://host:8883".
    package var url = ""
    /// PEM files: the broker's authority, and this client's certificate with its key.
    package var caFile: String?
    package var certFile: String?
    package var keyFile: String?
    package var user: String?
    /// Where the password stands.
    package var passwordFile: String?
    package var passwordEnv: String?
    package var clientID: String?
    /// What all topics begin with.
    package var prefix = "camstream"
    package var qos = 1
    /// Seconds between two states of a camera.
    package var stateEvery = 1.0
    package var eventsPerSecond = 20.0
    /// Messages that wait while the broker is away.
    package var queue = 1000
    package var snapshots = false
    /// Seconds between two snapshots of a camera.
    package var snapshotEvery = 2.0
    /// The prefix of Home Assistant's discovery; nil: it is not told.
    package var discovery: String?
    /// Whether cameras obey what comes from the broker.
    package var commands = false

    package init() {}

    package static let settings: [SettingDescriptor<MQTTConfig>] = [
        .init(
            \.url, "url", .text(), example: "mqtt://broker:1883", option: "--mqtt",
            "MQTT broker that gets what live cameras see, such as mqtt://broker or mqtts://broker:8883."),
        .init(
            \.caFile, "ca-file", .optional(.text()), example: "ca.pem",
            "PEM file of who signed the broker's certificate; without it, those that the system trusts."),
        .init(
            \.certFile, "cert-file", .optional(.text()), example: "client.pem",
            "PEM file of the certificate that the broker asks for."),
        .init(\.keyFile, "key-file", .optional(.text()), example: "client.key", "PEM file of that certificate's key."),
        .init(\.user, "user", .optional(.text()), example: "camstream", "The broker's user."),
        .init(
            \.passwordFile, "password-file", .optional(.text()), example: "mqtt-password",
            "File whose first line is the user's password."),
        .init(
            \.passwordEnv, "password-env", .optional(.text()), example: "MQTT_PASSWORD",
            "Variable of the environment that holds the password instead."),
        .init(
            \.clientID, "client-id", .optional(.text("1 to 64 letters, digits, - and _") { MQTTTopic.isID($0) }),
            example: "camstream-door", "What the broker calls this process; usually camstream- and the host's name."),
        .init(
            \.prefix, "prefix",
            .text("a topic without +, # and spaces, such as home/camstream") { MQTTTopic.isPrefix($0) },
            "What all topics begin with; another one for each process."),
        .init(\.qos, "qos", .whole(0...2), "Quality of service: 0 at most once, 1 at least once, 2 once."),
        .init(
            \.stateEvery, "state-every", .number(0.1...3600, unit: "seconds"),
            "Time between two states of a camera; after an event one is sent at once."),
        .init(
            \.eventsPerSecond, "events-per-second", .number(0.1...1000),
            "Events a second of a camera beyond which the rest is left out and counted."),
        .init(
            \.queue, "queue", .whole(1...100_000, unit: "messages"),
            "Events that wait while the broker is away; beyond them the oldest is lost."),
        .init(
            \.snapshots, "snapshots", .flag,
            "Send the frame with its heat as a JPEG when something happens; takes the server, serve."),
        .init(
            \.snapshotEvery, "snapshot-every", .number(0.5...3600, unit: "seconds"),
            "Time between two snapshots of a camera at least."),
        .init(
            \.discovery, "discovery", .optional(.text("a topic such as homeassistant") { MQTTTopic.isPrefix($0) }),
            example: "homeassistant", "Tell Home Assistant of the cameras, below its discovery prefix."),
        .init(
            \.commands, "commands", .flag,
            "Let the broker choose the class and start and stop recordings, by PREFIX/CAMERA/set."),
    ]

    package init(from decoder: any Decoder) throws { try Self.settings.decode(from: decoder, into: &self) }

    package func validate() throws(ConfigError) {
        guard !url.isEmpty else { throw .missing(key: "mqtt.url") }
        _ = try broker
        try Self.settings.check(self, in: "mqtt")
        if let passwordEnv, passwordFile != nil {
            throw .outOfRange(key: "mqtt.password-env", value: passwordEnv, allowed: "none beside mqtt.password-file")
        }
        if user == nil, passwordFile != nil || passwordEnv != nil { throw .missing(key: "mqtt.user") }
        if (certFile == nil) != (keyFile == nil) {
            throw .missing(key: certFile == nil ? "mqtt.cert-file" : "mqtt.key-file")
        }
        if !(try broker.isEncrypted), let file = caFile ?? certFile {
            throw .outOfRange(
                key: caFile == nil ? "mqtt.cert-file" : "mqtt.ca-file", value: file, allowed: "only with mqtts://")
        }
    }

    package struct Broker: Sendable, Equatable {
        package var host: String
        package var port: Int
        package var isEncrypted: Bool
    }

    /// What `url` says.
    package var broker: Broker {
        get throws(ConfigError) {
            let wrong = ConfigError.outOfRange(
                key: "mqtt.url", value: url,
                allowed: "mqtt://host:port or mqtts://host:port; user and password have settings of their own")
            guard let slashes = url.firstRange(of: "://") else { throw wrong }
            let scheme = url[..<slashes.lowerBound].lowercased()
            var place = url[slashes.upperBound...]
            if place.hasSuffix("/") { place = place.dropLast() }
            guard scheme == "mqtt" || scheme == "mqtts" else { throw wrong }
            var port = scheme == "mqtt" ? 1883 : 8883
            let end = place.firstIndex(of: "]").map(place.index(after:)) ?? place.startIndex
            if let colon = place[end...].firstIndex(of: ":") {
                guard let number = Int(place[place.index(after: colon)...]), (1...65535).contains(number) else {
                    throw wrong
                }
                port = number
                place = place[..<colon]
            }
            if place.hasPrefix("["), place.hasSuffix("]") { place = place.dropFirst().dropLast() }
            let isHost = place.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._:%".contains($0)) }
            guard !place.isEmpty, isHost else { throw wrong }
            return Broker(host: String(place), port: port, isEncrypted: scheme == "mqtts")
        }
    }
}

/// What topics and names may be.
enum MQTTTopic {
    static func isPrefix(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 200 && !text.hasPrefix("/") && !text.hasSuffix("/") && !text.hasPrefix("$")
            && text.unicodeScalars.allSatisfy {
                !"+#".unicodeScalars.contains($0) && $0.value > 0x20 && $0.value != 0x7f
            }
    }

    static func isID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
    }
}
