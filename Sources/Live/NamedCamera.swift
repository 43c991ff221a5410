import Encode
import Infer
package import Pipeline

/// A camera of a process, as its settings have it.
package struct NamedCamera: Sendable, Equatable {
    /// "": the process's only one, which needs no name.
    package let name: String
    package var config: CameraConfig
    /// Whether the process is not ready while this camera is not.
    package var isRequired: Bool

    package init(name: String = "", _ config: CameraConfig, isRequired: Bool = true) {
        (self.name, self.config, self.isRequired) = (name, config, isRequired)
    }

    /// In the names of its outputs, and of what is taught, it stands for the camera's name, so that all can have the same setting.
    package static let placeholder = "{camera}"

    /// - Parameters:
    ///   - defaults: holds where the camera says nothing.
    ///   - decoder: of the camera's own settings.
    package init(name: String, over defaults: CameraConfig, from decoder: any Decoder) throws {
        let required = SettingKey(stringValue: "required")
        let fields = try decoder.strictContainer(of: CameraConfig.Key.allCases.map(\.stringValue) + ["required"])
        var config = defaults
        try config.read(decoder)
        func named(_ path: String) -> String { path.replacing(Self.placeholder, with: name) }
        config.encode.output = named(config.encode.output)
        config.encode.sidecar = config.encode.sidecar.map(named)
        config.infer.teach = config.infer.teach.map(named)
        self.init(
            name: name, config, isRequired: try fields.decodeIfPresent(Bool.self, forKey: required) ?? true)
        namePushes()
    }

    /// Puts its name into the addresses that its picture is sent to.
    package mutating func namePushes() {
        config.encode.push = config.encode.push.map { $0.replacing(Self.placeholder, with: name) }
    }

    /// - Throws: `ConfigError` that names the camera.
    package func validate() throws(ConfigError) {
        do throws(ConfigError) {
            try config.validate()
        } catch {
            throw name.isEmpty ? error : error.below("cameras.\(name)")
        }
    }
}
