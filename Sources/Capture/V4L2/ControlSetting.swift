import Glibc
import Pipeline

/// A control's name and its new value, as users write them: "brightness=128".
package struct ControlSetting: Equatable, Sendable, Decodable {
    package let name: String
    package let value: String

    /// - Returns: nil if the text is no such setting.
    package init?(_ text: String) {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        name = CameraControl.name(fromLabel: String(text[..<equals]))
        value = text[text.index(after: equals)...].trimmed
        guard !name.isEmpty, !value.isEmpty else { return nil }
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let setting = ControlSetting(text) else {
            throw ConfigError.outOfRange(
                key: ConfigError.shown(path: decoder.codingPath.filter { $0.intValue == nil }),
                value: text, allowed: "NAME=VALUE, such as brightness=128")
        }
        self = setting
    }
}

extension VideoDevice {
    /// Sets controls in the order given, because some take effect only after another.
    func apply(_ settings: [ControlSetting]) throws(CameraError) {
        guard !settings.isEmpty else { return }
        let controls: [CameraControl]
        do { controls = try self.controls() } catch { throw CameraError(error, camera: path) }
        for setting in settings {
            guard let control = controls.first(where: { $0.name == setting.name }) else {
                throw .noSuchControl(camera: path, name: setting.name)
            }
            guard !control.isReadOnly else { throw .controlIsReadOnly(camera: path, name: control.name) }
            guard let value = control.value(of: setting.value) else {
                throw .controlCannotBe(
                    camera: path, name: control.name, value: setting.value, allowed: control.allowed)
            }
            do {
                try set(control, to: value)
            } catch  where error.code == ENODEV {
                throw CameraError(error, camera: path)
            } catch {
                throw .controlFailed(camera: path, name: control.name, value: setting.value, cause: error)
            }
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
