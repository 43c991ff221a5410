import CV4L2

/// A control of a camera, such as its brightness.
package struct CameraControl: Equatable, Sendable {
    /// As `v4l2-ctl` calls it: "power_line_frequency".
    package let name: String
    /// As the driver calls it: "Power Line Frequency".
    package let label: String
    package let kind: Kind
    package let minimum: Int64
    package let maximum: Int64
    package let step: Int64
    package let defaultValue: Int64
    package let menu: [MenuItem]
    package let isReadOnly: Bool
    /// Whether another control's value makes it have no effect.
    package let isInactive: Bool
    /// nil: it has none (a button), or it cannot be read.
    package var value: ControlValue?
    let id: UInt32

    /// In `v4l2-ctl`'s words.
    package enum Kind: String, Sendable {
        case integer = "int"
        case boolean = "bool"
        case menu
        case button
        case integer64 = "int64"
        case string = "str"
        case bitmask
        case integerMenu = "intmenu"

        init?(_ type: UInt32) {
            switch v4l2_ctrl_type(type) {
            case V4L2_CTRL_TYPE_INTEGER: self = .integer
            case V4L2_CTRL_TYPE_BOOLEAN: self = .boolean
            case V4L2_CTRL_TYPE_MENU: self = .menu
            case V4L2_CTRL_TYPE_BUTTON: self = .button
            case V4L2_CTRL_TYPE_INTEGER64: self = .integer64
            case V4L2_CTRL_TYPE_STRING: self = .string
            case V4L2_CTRL_TYPE_BITMASK: self = .bitmask
            case V4L2_CTRL_TYPE_INTEGER_MENU: self = .integerMenu
            default: return nil
            }
        }
    }

    package struct MenuItem: Equatable, Sendable {
        package let number: Int64
        package let name: String
    }

    /// The driver's name as `v4l2-ctl` writes it: letters and digits in lower case, with one "_" between.
    package static func name(fromLabel label: String) -> String {
        label.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "_")
    }
}

package enum ControlValue: Equatable, Sendable, CustomStringConvertible {
    case number(Int64)
    case text(String)

    package var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .text(let text): text
        }
    }
}

extension CameraControl {
    /// The value that a user's text stands for.
    ///
    /// - Returns: nil if the control cannot have it; see `allowed`.
    package func value(of text: String) -> ControlValue? {
        switch kind {
        case .string:
            return (minimum...max(minimum, maximum)).contains(Int64(text.utf8.count)) ? .text(text) : nil
        case .button:
            return .number(Int64(text) ?? 1)
        case .boolean:
            return ["1": 1, "true": 1, "on": 1, "yes": 1, "0": 0, "false": 0, "off": 0, "no": 0][text.lowercased()]
                .map { .number($0) }
        case .menu, .integerMenu:
            let named = menu.first { $0.name.lowercased() == text.lowercased() }
            return (menu.first { "\($0.number)" == text } ?? named).map { .number($0.number) }
        case .bitmask:
            let isHex = text.lowercased().hasPrefix("0x")
            guard let bits = UInt64(isHex ? String(text.dropFirst(2)) : text, radix: isHex ? 16 : 10),
                bits & ~UInt64(UInt32(truncatingIfNeeded: maximum)) == 0
            else { return nil }
            return .number(Int64(bits))
        case .integer, .integer64:
            guard let number = Int64(text), number >= minimum, number <= maximum else { return nil }
            let (distance, isHuge) = number.subtractingReportingOverflow(minimum)
            return step <= 1 || isHuge || distance % step == 0 ? .number(number) : nil
        }
    }

    /// What the control can be, for people.
    package var allowed: String {
        switch kind {
        case .string: "a text of \(minimum) to \(maximum) bytes"
        case .button: "anything"
        case .boolean: "0 or 1"
        case .menu, .integerMenu: menu.map { "\($0.number) (\($0.name))" }.joined(separator: ", ")
        case .bitmask: "bits of 0x" + String(UInt32(truncatingIfNeeded: maximum), radix: 16)
        case .integer, .integer64: "\(minimum) to \(maximum)\(step > 1 ? " in steps of \(step)" : "")"
        }
    }
}
