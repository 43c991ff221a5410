/// A setting of a stage, described once. What config files may say, the check of its range, the option's help, the example
/// of all settings and its table in the docs follow from this; where viewers may change it, the page's control, the JSON
/// of /api/settings and the check of what clients send do, too.
package struct SettingDescriptor<Settings: Sendable>: Sendable {
    /// In config files, below the stage's own key: "opacity".
    package let key: String
    /// Whole sentences, as `--help`, the page and the example of all settings show them.
    package let help: String
    /// What a value may be, in words; nil: what its kind says.
    package let allowed: String?
    /// A value as config files write it, for settings that have no default.
    package let example: String?
    /// What the page calls it; nil: viewers may not change it.
    package let title: String?
    /// The option's name, where it is not "--" and the key.
    package let option: String?

    /// The control that viewers have for it, as it stands; nil: there is none for this kind of value.
    package let control: @Sendable (Settings) -> SettingControl?
    /// The present value; null where there is none.
    package let value: @Sendable (Settings) -> JSONValue
    /// Takes a viewer's value; false if it is of another kind or out of range.
    package let change: @Sendable (JSONValue, inout Settings) -> Bool
    /// Takes the command line's value; false if it is of another type.
    package let assign: @Sendable (Any, inout Settings) -> Bool
    /// Takes the value that others have.
    package let copy: @Sendable (_ from: Settings, _ to: inout Settings) -> Void
    package let isSame: @Sendable (Settings, Settings) -> Bool
    /// Takes what a config file says, if it says anything.
    let decode: @Sendable (KeyedDecodingContainer<SettingKey>, inout Settings) throws -> Void
    /// The value, if it is out of range.
    package let fault: @Sendable (Settings) -> String?
}

extension SettingDescriptor {
    /// - Parameters:
    ///   - path: where the value is kept.
    ///   - title: what the page calls it, if viewers may change it; its kind must have a control then.
    package init<Value: Equatable & Sendable>(
        _ path: any WritableKeyPath<Settings, Value> & Sendable, _ key: String, _ form: SettingForm<Value>,
        example: String? = nil, viewers title: String? = nil, option: String? = nil, _ help: String
    ) {
        precondition(title == nil || form.control != nil, "viewers have no control for \(key)")
        self.init(
            key: key, help: help, allowed: form.allowed, example: example, title: title, option: option,
            control: { form.control?($0[keyPath: path]) },
            value: { form.json($0[keyPath: path]) },
            change: { sent, settings in
                guard let new = form.parse(sent), form.contains(new) else { return false }
                settings[keyPath: path] = new
                return true
            },
            assign: { given, settings in
                guard let new = form.convert(given) else { return false }
                settings[keyPath: path] = new
                return true
            },
            copy: { $1[keyPath: path] = $0[keyPath: path] },
            isSame: { $0[keyPath: path] == $1[keyPath: path] },
            decode: { fields, settings in
                if let new = try form.decode(fields, SettingKey(stringValue: key)) { settings[keyPath: path] = new }
            },
            fault: { settings in
                let value = settings[keyPath: path]
                return form.contains(value) ? nil : form.text(value)
            })
    }

    /// The same setting of what holds this stage's settings, by its whole name.
    ///
    /// - Parameter section: the stage's key.
    package func lifted<Whole: Sendable>(
        _ section: String, _ path: any WritableKeyPath<Whole, Settings> & Sendable
    ) -> SettingDescriptor<Whole> {
        SettingDescriptor<Whole>(
            key: "\(section).\(key)", help: help, allowed: allowed, example: example, title: title, option: option,
            control: { [control] in control($0[keyPath: path]) },
            value: { [value] in value($0[keyPath: path]) },
            change: { [change] in change($0, &$1[keyPath: path]) },
            assign: { [assign] in assign($0, &$1[keyPath: path]) },
            copy: { [copy] in copy($0[keyPath: path], &$1[keyPath: path]) },
            isSame: { [isSame] in isSame($0[keyPath: path], $1[keyPath: path]) },
            decode: { [decode] in try decode($0, &$1[keyPath: path]) },
            fault: { [fault] in fault($0[keyPath: path]) })
    }
}

/// What viewers have for a setting.
package enum SettingControl: Sendable, Equatable {
    case toggle
    case number(ClosedRange<Double>, step: Double, unit: String?)
    case words([String])
}

/// A key that is known by name alone.
package struct SettingKey: CodingKey {
    package let stringValue: String
    package var intValue: Int? { nil }
    package init(stringValue: String) { self.stringValue = stringValue }
    package init?(intValue: Int) { return nil }
}
