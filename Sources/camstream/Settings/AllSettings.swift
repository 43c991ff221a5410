import ArgumentParser
import Capture
import Encode
import Infer
import Overlay
import Pipeline
import Serve

extension Config {
    /// Every stage's settings, by their whole names: "overlay.opacity". Those of the server have a list of their own,
    /// because there may be none.
    static let settings: [SettingDescriptor<Config>] =
        CaptureConfig.settings.map { $0.lifted("capture", \.capture) }
        + InferConfig.settings.map { $0.lifted("infer", \.infer) }
        + OverlayConfig.settings.map { $0.lifted("overlay", \.overlay) }
        + EncodeConfig.settings.map { $0.lifted("encode", \.encode) }
}

extension ArgumentHelp {
    private static let texts = Dictionary(
        uniqueKeysWithValues: Config.settings.map { ($0.key, $0.help) }
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
