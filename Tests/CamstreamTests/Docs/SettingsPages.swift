import ArgumentParser
import Capture
import Detect
import Encode
import Events
import Infer
import Overlay
import Pipeline
import Serve

@testable import camstream

/// What the settings' descriptions make of themselves: the example of all settings, and the tables of
/// docs/reference/settings.md.
enum SettingsPages {
    /// A stage's key, and of each setting what pages show.
    struct Section {
        let key: String
        let rows: [Row]

        init<Settings>(_ key: String, _ settings: [SettingDescriptor<Settings>], _ defaults: Settings) {
            self.key = key
            rows = settings.map { Row($0, defaults) }
        }
    }

    struct Row {
        let key: String
        let help: String
        let allowed: String?
        /// As config files write it; nil: there is none.
        let usual: String?
        let example: String?
        let option: String
        /// Whether `allowed` is a list or a range, which the example shows, too.
        let isBounded: Bool
        /// What kind of value it takes; nil: its default and its example do not tell.
        let kind: String?
        /// Whether viewers may change it while it runs.
        let isLive: Bool

        init<Settings>(_ setting: SettingDescriptor<Settings>, _ defaults: Settings) {
            (key, help, example) = (setting.key, setting.help, setting.example)
            let value = setting.value(defaults)
            usual = value == .null || value == .text("") ? nil : value.description
            option = setting.option ?? "--\(setting.key)"
            let control = setting.control(defaults)
            isBounded = control != nil && control != .toggle && setting.allowed != nil
            allowed = control == .toggle ? "true, false" : setting.allowed
            kind = Self.kind(value) ?? setting.example.flatMap(Self.kind)
            isLive = setting.title != nil
        }

        private static func kind(_ value: JSONValue) -> String? {
            switch value {
            case .null: nil
            case .flag: "true or false"
            case .number: "number"
            case .text: "text"
            case .list: "list"
            case .object: "map"
            }
        }

        private static func kind(_ example: String) -> String {
            switch example.first {
            case "[", "-": "list"
            case "{": "map"
            default: ["true", "false"].contains(example) ? "true or false" : Double(example) == nil ? "text" : "number"
            }
        }
    }

    static let sections = [
        Section("capture", CaptureConfig.settings, CaptureConfig()),
        Section("infer", InferConfig.settings, InferConfig()),
        Section("detect", DetectConfig.settings, DetectConfig()),
        Section("overlay", OverlayConfig.settings, OverlayConfig()),
        Section("encode", EncodeConfig.settings, EncodeConfig()),
        Section("events", EventsConfig.settings, EventsConfig()),
        Section("mqtt", MQTTConfig.settings, MQTTConfig()),
        Section("serve", ServeConfig.settings, ServeConfig()),
    ]

    /// configs/file.yaml.
    static var example: String {
        let head = """
            # A recording in, its overlay out: every setting with its default. Options of the command line win.
            #   camstream --config configs/file.yaml --input clip.mp4 --model model.onnx --out overlay.mp4
            # Written by `make settings-docs` from the settings' own descriptions.
            """
        let stages = sections.map { section in
            // A server or a broker is there where its key is.
            let head = [
                "serve": "# Shows the live picture to browsers; the key alone turns it on, as `--serve` does.",
                "mqtt": "# Tells an MQTT broker of live cameras.",
            ]
            let isLeftOut = head[section.key] != nil
            let title = [head[section.key], "\(section.key):"].compactMap(\.self)
            let all = title + section.rows.flatMap { lines($0, isLeftOut: isLeftOut) }
            return all.map { isLeftOut ? "# \($0)" : $0 }.joined(separator: "\n")
        }
        return ([head] + stages).joined(separator: "\n\n") + "\n"
    }

    /// docs/reference/event.schema.json.
    static var eventSchema: String {
        guard case .object(var schema) = CameraEvent.schema else { return "" }
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = "An event of camstream, as docs/reference/events.md explains it"
        // A key that is in snake case stays as it is.
        return ((try? JSONText.pretty.text(schema)) ?? "") + "\n"
    }

    private static func lines(_ row: Row, isLeftOut: Bool) -> [String] {
        let text = row.help + (row.isBounded ? " Allowed: \(row.allowed ?? "")." : "")
        let comment = wrapped(text, to: 112).map { "  # \($0)" }
        if let usual = row.usual { return comment + ["  \(row.key): \(usual)"] }
        return comment + ["  \(isLeftOut ? "" : "# ")\(row.key): \(row.example ?? "")"]
    }

    private static func wrapped(_ text: String, to width: Int) -> [String] {
        text.split(separator: " ").reduce(into: [String]()) { lines, word in
            if let last = lines.last, last.count + word.count < width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
    }

    /// docs/reference/settings.md.
    static var page: String {
        let head = """
            # Settings

            Every setting, as a config file (`--config FILE`) and the command line write it; options win. `configs/file.yaml` is a
            file with all of them. A key that does not exist is an error. Those that are marked as live can be changed while
            pictures flow, on the page and through `PATCH /api/settings`; the others take a reload (SIGHUP) or a new start. This
            page is written by `make settings-docs` from the descriptions that the program itself reads;
            [command.md](command.md) explains what does not fit into a table.
            """
        return ([head] + sections.map(table)).joined(separator: "\n\n") + "\n"
    }

    static let optionNames = Set(
        Camstream.helpMessage().matches(of: /(?:^|[^-\w])(--[a-z][a-z0-9-]+)/).map { String($0.1) })

    private static func table(_ section: Section) -> String {
        func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
        let rows = section.rows.map { row in
            let option = optionNames.contains(row.option) ? "`\(row.option)`" : ""
            let usual = row.usual.map { "`\($0)`" } ?? ""
            let cells = [
                "`\(row.key)`", row.kind ?? "", usual, cell(row.allowed ?? ""), option, row.isLive ? "yes" : "",
                cell(row.help),
            ]
            return "| \(cells.joined(separator: " | ")) |"
        }
        return """
            ## `\(section.key)`
            | key | type | default | allowed | option | live | meaning |
            | --- | --- | --- | --- | --- | --- | --- |

            """ + rows.joined(separator: "\n")
    }
}
