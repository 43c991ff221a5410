import ArgumentParser
import Events
import Live
import Pipeline
import Serve

extension ArgumentHelp {
    private static let texts = Dictionary(
        uniqueKeysWithValues: CameraConfig.settings.map { ($0.key, $0.help) }
            + ServeConfig.settings.map { ("serve.\($0.key)", $0.help) }
            + EventsConfig.settings.map { ("events.\($0.key)", $0.help) }
            + MQTTConfig.settings.map { ("mqtt.\($0.key)", $0.help) })

    /// The help of an option that is a setting.
    ///
    /// - Parameters:
    ///   - name: the setting's whole name, which must be there.
    ///   - more: what the option can do beyond the setting.
    static func setting(_ name: String, valueName: String? = nil, more: String? = nil) -> ArgumentHelp {
        guard let text = texts[name] else { preconditionFailure("there is no setting \(name)") }
        return ArgumentHelp(stringLiteral: [text, more].compactMap(\.self).joined(separator: " ")).named(valueName)
    }

    private func named(_ valueName: String?) -> ArgumentHelp {
        var help = self
        help.valueName = valueName
        return help
    }
}
