import ArgumentParser
import Live
import Pipeline
import Serve

extension ArgumentHelp {
    private static let texts = Dictionary(
        uniqueKeysWithValues: CameraConfig.settings.map { ($0.key, $0.help) }
            + ServeConfig.settings.map { ("serve.\($0.key)", $0.help) })

    /// The help of an option that is a setting.
    ///
    /// - Parameter name: the setting's whole name, which must be there.
    static func setting(_ name: String, valueName: String? = nil) -> ArgumentHelp {
        guard let text = texts[name] else { preconditionFailure("there is no setting \(name)") }
        return ArgumentHelp(stringLiteral: text).named(valueName)
    }

    private func named(_ valueName: String?) -> ArgumentHelp {
        var help = self
        help.valueName = valueName
        return help
    }
}
