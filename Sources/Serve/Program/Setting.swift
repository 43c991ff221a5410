package import Pipeline

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
    package struct Choice: Sendable, Equatable, Encodable {
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
    /// Whether it is asked for and does not hold yet.
    package var isPending = false
    /// Why what was asked for last cannot be.
    package var problem: String?

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

    /// Choices that are sent at a time: what people look through, and a bounded answer however many there are.
    static let longestList = 100
    /// Lists that are longer are searched.
    private static let shortestSearched = 41

    /// Some of the choices; nil: it has none.
    struct ChoiceList: Encodable {
        let key: String
        /// How many match.
        let count: Int
        let choices: [Choice]
    }

    /// The choices that have a text in their title, or are the value that it is: whole titles and values first, then
    /// those that begin with the text. Titles that several have are told apart by the value.
    func choices(matching text: String, from start: Int = 0, limit: Int = longestList) -> ChoiceList? {
        guard case .choice(let choices) = kind else { return nil }
        let wanted = text.lowercased()
        var (whole, leading, others): ([Choice], [Choice], [Choice]) = ([], [], [])
        for choice in choices {
            let title = choice.title.lowercased()
            if title == wanted || choice.value == text {
                whole.append(choice)
            } else if title.hasPrefix(wanted) {
                leading.append(choice)
            } else if title.contains(wanted) {
                others.append(choice)
            }
        }
        let found = whole + leading + others
        let shown = found.dropFirst(start).prefix(limit)
        return ChoiceList(key: key, count: found.count, choices: Self.distinct(Array(shown), among: choices))
    }

    /// Of a long list its beginning and what holds now.
    private func sent(_ choices: [Choice]) -> [Choice] {
        guard choices.count > Self.longestList else { return Self.distinct(choices, among: choices) }
        var sent = Array(choices.prefix(Self.longestList))
        if let present = choices.first(where: { .text($0.value) == value }), !sent.contains(present) {
            sent.append(present)
        }
        return Self.distinct(sent, among: choices)
    }

    private static func distinct(_ some: [Choice], among choices: [Choice]) -> [Choice] {
        guard choices.count >= shortestSearched else { return some }
        var counts: [String: Int] = [:]
        for choice in choices { counts[choice.title, default: 0] += 1 }
        return some.map {
            counts[$0.title, default: 0] > 1 ? Choice($0.value, title: "\($0.title) (\($0.value))") : $0
        }
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
                    .joined(separator: ", ") + "; GET api/choices?key=\(key)&matching=… finds them"
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
                    key: key, value: value,
                    allowed: isEmpty
                        ? "none until the program is ready"
                        : "the settings " + map(\.key).sorted().joined(separator: ", "))
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
    private enum Key: String, CodingKey {
        case key, title, help, type, value, isPending, problem, minimum, maximum, step, unit, choices, choiceCount
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(key, forKey: .key)
        try fields.encode(title, forKey: .title)
        try fields.encode(help, forKey: .help)
        try fields.encode(value, forKey: .value)
        if isPending { try fields.encode(true, forKey: .isPending) }
        try fields.encodeIfPresent(problem, forKey: .problem)
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
            try fields.encode(sent(choices), forKey: .choices)
            try fields.encode(choices.count, forKey: .choiceCount)
        }
    }
}
