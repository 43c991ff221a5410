import Events
import Live
import Pipeline
import Serve

/// What a setting's description says for the help of its option.
struct SettingFacts: Sendable {
    let option: String
    let help: String
    let allowed: String?
    /// Without being told otherwise; nil: nothing.
    let usual: JSONValue?
    let example: String?

    static let all: [SettingFacts] =
        list(CameraConfig.settings, CameraConfig()) + list(ServeConfig.settings, ServeConfig())
        + list(EventsConfig.settings, EventsConfig()) + list(MQTTConfig.settings, MQTTConfig())

    /// nil: the argument is no setting's, although it may be called so.
    static func of(_ argument: ArgumentInfo) -> SettingFacts? {
        let options = argument.options
        return all.first { options.contains($0.option) && argument.abstract?.hasPrefix($0.help) == true }
    }

    private static func list<Settings>(
        _ settings: [SettingDescriptor<Settings>], _ defaults: Settings
    ) -> [SettingFacts] {
        settings.map { setting in
            let value = setting.value(defaults)
            let key = setting.key.split(separator: ".").last ?? ""
            return SettingFacts(
                option: setting.option ?? "--\(key)", help: setting.help, allowed: setting.allowed,
                usual: value == .null || value == .text("") ? nil : value, example: setting.example)
        }
    }
}
