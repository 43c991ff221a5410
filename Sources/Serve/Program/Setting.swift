/// A setting that clients may see and change: the one description from which the page's control, the check of what
/// clients send, the text of a refusal, and the OpenAPI document are made.
package struct Setting: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// On or off; JSON true or false.
        case toggle
        case number(ClosedRange<Double>, step: Double, unit: String?)
        /// One of a list. Long lists get a text field with suggestions.
        case choice([Choice])
    }

    /// One value of a list. Clients may send the value, or the title if no other choice has it.
    package struct Choice: Sendable, Equatable {
        package let value: String
        package let title: String

        package init(_ value: String, title: String? = nil) {
            self.value = value
            self.title = title ?? value
        }
    }

    /// The setting's name in config files and in JSON, such as "overlay.opacity".
    package let key: String
    /// What the page calls it: "Opacity".
    package let title: String
    /// One sentence.
    package let help: String
    package let kind: Kind
    /// A flag for a toggle, a number for a number, a choice's value for a choice.
    package var value: JSONValue

    package init(_ key: String, title: String, help: String, kind: Kind, value: JSONValue) {
        self.key = key
        self.title = title
        self.help = help
        self.kind = kind
        self.value = value
    }

    /// The value as the program gets it, of the kind's own JSON type.
    ///
    /// - Throws: `SettingRefusal` with what is allowed.
    package func checked(_ sent: JSONValue) throws(SettingRefusal) -> JSONValue {
        switch (kind, sent) {
        case (.toggle, .flag): return sent
        case (.number(let range, _, _), .number(let number)) where range.contains(number): return sent
        case (.choice(let choices), .text(let text)):
            if choices.contains(where: { $0.value == text }) { return sent }
            let titled = choices.filter { $0.title.lowercased() == text.lowercased() }
            if titled.count == 1 { return .text(titled[0].value) }
        // A class may be given by its number.
        case (.choice(let choices), .number):
            if choices.contains(where: { $0.value == sent.description }) { return .text(sent.description) }
        default: break
        }
        throw SettingRefusal(key: key, value: sent, allowed: allowed)
    }

    /// What may be sent, in words.
    package var allowed: String {
        switch kind {
        case .toggle: "true or false"
        case .number(let range, _, let unit):
            "\(shortest(range.lowerBound)) to \(shortest(range.upperBound))" + (unit.map { " \($0)" } ?? "")
        case .choice(let choices):
            if choices.count <= 40 {
                choices.map(\.value).joined(separator: ", ")
            } else {
                "one of \(choices.count), such as "
                    + choices.prefix(3).map { $0.value == $0.title ? $0.value : "\($0.value) (\($0.title))" }
                    .joined(separator: ", ") + "; GET api/settings lists them"
            }
        }
    }
}

/// Why a setting cannot have a value.
package struct SettingRefusal: Error, Equatable, Encodable, CustomStringConvertible {
    package let key: String
    package let value: JSONValue
    package let allowed: String

    package init(key: String, value: JSONValue, allowed: String) {
        self.key = key
        self.value = value
        self.allowed = allowed
    }

    package var description: String { "\(key) cannot be '\(value)'; allowed: \(allowed)" }

    private enum Key: String, CodingKey { case error, key, value, allowed }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(description, forKey: .error)
        try fields.encode(key, forKey: .key)
        try fields.encode(value, forKey: .value)
        try fields.encode(allowed, forKey: .allowed)
    }
}

/// One change that was checked.
package struct SettingChange: Sendable, Equatable {
    package let key: String
    package let value: JSONValue

    package init(key: String, value: JSONValue) {
        self.key = key
        self.value = value
    }
}

extension [Setting] {
    /// What a client's JSON object changes, all of it checked. Nested objects stand for dotted keys:
    /// `{"overlay": {"opacity": 0.3}}` is `{"overlay.opacity": 0.3}`.
    ///
    /// - Throws: `SettingRefusal` for the first key, in alphabetical order, that cannot be.
    package func changes(_ sent: [String: JSONValue]) throws(SettingRefusal) -> [SettingChange] {
        var changes: [SettingChange] = []
        for (key, value) in Self.flat(sent).sorted(by: { $0.key < $1.key }) {
            guard let setting = first(where: { $0.key == key }) else {
                throw SettingRefusal(
                    key: key, value: value, allowed: "the settings " + map(\.key).sorted().joined(separator: ", "))
            }
            changes.append(SettingChange(key: key, value: try setting.checked(value)))
        }
        return changes
    }

    private static func flat(_ object: [String: JSONValue], below prefix: String = "") -> [(
        key: String, value: JSONValue
    )] {
        object.flatMap { key, value -> [(key: String, value: JSONValue)] in
            if case .object(let members) = value, !members.isEmpty { return flat(members, below: "\(prefix)\(key).") }
            return [("\(prefix)\(key)", value)]
        }
    }
}

extension Setting: Encodable {
    private enum Key: String, CodingKey { case key, title, help, type, value, minimum, maximum, step, unit, choices }
    private enum ChoiceKey: String, CodingKey { case value, title }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(key, forKey: .key)
        try fields.encode(title, forKey: .title)
        try fields.encode(help, forKey: .help)
        try fields.encode(value, forKey: .value)
        switch kind {
        case .toggle:
            try fields.encode("toggle", forKey: .type)
        case .number(let range, let step, let unit):
            try fields.encode("number", forKey: .type)
            try fields.encode(range.lowerBound, forKey: .minimum)
            try fields.encode(range.upperBound, forKey: .maximum)
            try fields.encode(step, forKey: .step)
            try fields.encodeIfPresent(unit, forKey: .unit)
        case .choice(let choices):
            try fields.encode("choice", forKey: .type)
            var list = fields.nestedUnkeyedContainer(forKey: .choices)
            for choice in choices {
                var element = list.nestedContainer(keyedBy: ChoiceKey.self)
                try element.encode(choice.value, forKey: .value)
                try element.encode(choice.title, forKey: .title)
            }
        }
    }
}
