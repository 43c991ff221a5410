import ArgumentParser
import Capture
import Events
import Foundation
import Live
import Pipeline
import Serve

/// What messages call a setting: the option that was typed, or the key of the config file that has it, with its line. A setting
/// that is in neither is called by its option, if the command has one.
struct SettingNames {
    /// By whole keys.
    private let options: [String: String]
    private let typed: Set<String>
    private let file: (path: String, text: String)?

    /// - Parameters:
    ///   - options: parsed ones.
    ///   - path: of the config file.
    init(_ options: some ParsableArguments, file path: String? = nil) {
        let given = GivenOptions(options)
        self.options = Self.options(given.declared)
        typed = Set(Self.options(given.keys).keys)
        file = path.flatMap { path in (try? TextFile.text(of: path)).map { (path, $0) } }
    }

    /// The same error in the words of who made it.
    func named(_ error: any Error) -> any Error {
        switch error {
        // A file is at fault, and names it.
        case ConfigError.inFile: error
        case let error as ConfigError: named(error)
        case CaptureError.onlyOfCameras(let input, let setting):
            named(
                .misplaced(
                    key: "capture.\(setting)", advice: "it is for cameras such as /dev/video0, and \(input) is none"))
        default: error
        }
    }

    private func named(_ error: ConfigError) -> ConfigError {
        let named = error.renaming(name) { text in
            text.split(separator: " ", omittingEmptySubsequences: false).map(word).joined(separator: " ")
        }
        guard let key = error.key, name(key) == key, let file, let line = YAMLFile.line(of: key, in: file.text) else {
            return named
        }
        return .inFile(path: "\(file.path):\(line)", named)
    }

    private func name(_ key: String) -> String {
        // As it is called of a camera, and of all.
        let parts = key.split(separator: ".")
        let own = parts.dropFirst(parts.first == "defaults" ? 1 : parts.first == "cameras" ? 2 : 0)
        let setting = own.joined(separator: ".")
        guard let option = options[setting] else { return key }
        if typed.contains(setting) { return option }
        return file.flatMap { YAMLFile.line(of: key, in: $0.text) } == nil ? option : key
    }

    private func word(_ word: Substring) -> String {
        let key = word.trimmingCharacters(in: .punctuationCharacters)
        return options[key] == nil ? String(word) : String(word).replacing(key, with: name(key))
    }

    /// Those of a command's options that are settings, by the settings' whole keys.
    private static func options(_ declared: [String]) -> [String: String] {
        let words = Set(declared.map { other[$0] ?? $0 })
        return Dictionary(
            settings.compactMap { words.contains($0.word) ? ($0.key, $0.option) : nil }, uniquingKeysWith: { $1 })
    }

    /// Options that are kept under other names than the settings.
    private static let other = ["inputs": "input", "control": "controls"]

    /// As `GivenOptions` finds them.
    private static let settings: [(word: String, key: String, option: String)] =
        CameraConfig.settings.map { setting in
            let word = setting.key.split(separator: ".").last.map(String.init) ?? ""
            return (word, setting.key, setting.option ?? "--\(word)")
        }
        + ServeConfig.settings.map { ($0.key, "serve.\($0.key)", "--\($0.key)") }
        + optional(EventsConfig.settings, "events") + optional(MQTTConfig.settings, "mqtt")

    private static func optional<Settings>(
        _ settings: [SettingDescriptor<Settings>], _ section: String
    ) -> [(word: String, key: String, option: String)] {
        settings.compactMap { setting in
            setting.option.map { (String($0.dropFirst(2)), "\(section).\(setting.key)", $0) }
        }
    }
}
