package import Encode
package import Pipeline

/// What is told of events: the key `events` of a config file.
package struct EventsConfig: Decodable, Sendable, Equatable {
    /// Path of a JSON Lines file.
    package var file: String?
    /// The size at which another one begins, and how many old ones are kept.
    package var fileBytes = DataSize(bytes: 16 << 20)
    package var oldFiles = 4
    /// The classes of which is told whether they are there, and for how long.
    package var classes: [String] = []
    /// How probable they must be.
    package var above = 0.5

    package init() {}

    /// More would be too many names in the metrics.
    static let mostClasses = 32

    package static let settings: [SettingDescriptor<EventsConfig>] = [
        .init(
            \.file, "file", .optional(.text("a file name, such as events.jsonl") { !$0.isEmpty }),
            example: "events.jsonl", option: "--events",
            "Append what happens before live cameras (class changed, appeared, gone, signal lost) to this file, a JSON object a line."
        ),
        .init(
            \.fileBytes, "file-bytes", .value(DataSize.form, written: { $0.written }),
            "Begin the file anew at this size, such as 16M; the one before is renamed to events.jsonl.1."),
        .init(\.oldFiles, "old-files", .whole(0...1000), "Old files that are kept."),
        .init(
            \.classes, "classes", .list("up to 32 names of classes, such as [dog, cat]"),
            "Classes whose presence is reported: in /metrics for how long, over MQTT as on or off."),
        .init(\.above, "above", .number(0.01...1), "How probable they must be."),
    ]

    package init(from decoder: any Decoder) throws { try Self.settings.decode(from: decoder, into: &self) }

    package func validate() throws(ConfigError) {
        try Self.settings.check(self, in: "events")
        let fault =
            classes.first(where: \.isEmpty).map { _ in "\"\"" }
            ?? (classes.count > Self.mostClasses ? "\(classes.count) classes" : nil)
            ?? classes.first { name in classes.count { $0 == name } > 1 }.map { "\($0) twice" }
        if let fault {
            throw .outOfRange(
                key: "events.classes", value: fault, allowed: "up to 32 names of classes, such as [dog, cat]")
        }
    }
}

extension DataSize {
    /// As config files write it.
    var written: String { bytes % (1 << 20) == 0 ? "\(bytes >> 20)M" : "\(bytes >> 10)K" }
}
