import Foundation

/// What is wrong with a setting: its key, its value, and what is allowed.
package enum ConfigError: Error, Equatable, CustomStringConvertible {
    /// `key` is the whole path, such as "overlay.alhpa".
    case unknownKey(key: String, allowed: [String])
    case outOfRange(key: String, value: String, allowed: String)
    case wrongType(key: String, expected: String)
    case missing(key: String)
    /// A key that is right elsewhere.
    case misplaced(key: String, advice: String)
    /// Not YAML at all.
    case malformed(problem: String)
    /// YAML of a form or size that no settings have.
    case excessive(problem: String)
    case unreadable(path: String, problem: String)
    /// One of the above, and the file it stands in.
    indirect case inFile(path: String, ConfigError)

    package var description: String {
        switch self {
        case .unknownKey(let key, let allowed):
            "unknown setting '\(key)'\(Self.meant(key.split(separator: ".").last.map(String.init) ?? key, allowed)): "
                + allowed.joined(separator: ", ")
        case .outOfRange(let key, let value, let allowed):
            "\(key) cannot be '\(Printable.beginning(redacted(value), upTo: 200))'\(Self.meant(value, allowed)): \(allowed)"
        case .wrongType(let key, let expected):
            "\(key) must be \(expected)"
        case .missing(let key):
            "\(key) is missing"
        case .misplaced(let key, let advice):
            "\(key) cannot stand here: \(advice)"
        case .malformed(let problem):
            "not valid YAML: \(problem)"
        case .excessive(let problem):
            "not taken as settings: \(problem)"
        case .unreadable(let path, let problem):
            "cannot read \(path): \(problem)"
        case .inFile(let path, let error):
            "\(path): \(error)"
        }
    }

    /// The same error of a setting that stands below another key.
    package func below(_ section: String) -> ConfigError {
        switch self {
        case .unknownKey(let key, let allowed): .unknownKey(key: "\(section).\(key)", allowed: allowed)
        case .outOfRange(let key, let value, let allowed):
            .outOfRange(key: "\(section).\(key)", value: value, allowed: allowed)
        case .wrongType(let key, let expected): .wrongType(key: "\(section).\(key)", expected: expected)
        case .missing(let key): .missing(key: "\(section).\(key)")
        case .misplaced(let key, let advice): .misplaced(key: "\(section).\(key)", advice: advice)
        case .malformed, .excessive, .unreadable: self
        case .inFile(let path, let error): .inFile(path: path, error.below(section))
        }
    }

    /// Keys as messages show them. What is no word is no misspelt key: it may be the rest of a password, which YAML took for
    /// one.
    package static func shown(key: String) -> String {
        let isWord = key.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
        return isWord && key.count <= 64 ? key : Redaction.mark
    }

    package static func shown(path: [any CodingKey]) -> String {
        path.map { $0.intValue.map(String.init) ?? shown(key: $0.stringValue) }.joined(separator: ".")
    }

    /// The nearest key, if one is near, before the list of them.
    private static func meant(_ word: String, _ keys: [String]) -> String {
        NearestWord.to(word, among: keys).map { "; did you mean '\($0)'? Allowed here" } ?? "; allowed here"
    }

    /// The nearest word, where what is allowed is a list of words.
    private static func meant(_ word: String, _ allowed: String) -> String {
        let words = allowed.components(separatedBy: ", ")
        guard words.count > 1, words.allSatisfy({ !$0.contains(" ") }), let nearest = NearestWord.to(word, among: words)
        else { return "; allowed" }
        return "; did you mean '\(nearest)'? Allowed"
    }
}

extension Decoder {
    /// A keyed container in which a key that is not a case of `Key` is an error, because it is most likely misspelt.
    package func strictContainer<Key: CodingKey & CaseIterable>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        _ = try strictContainer(of: Key.allCases.map(\.stringValue))
        return try container(keyedBy: type)
    }

    /// The same, of keys that are known by name.
    package func strictContainer(of allowed: [String]) throws -> KeyedDecodingContainer<SettingKey> {
        let fields = try container(keyedBy: SettingKey.self)
        let present = fields.allKeys.map(\.stringValue)
        if let unknown = present.sorted().first(where: { !allowed.contains($0) }) {
            let path = ConfigError.shown(path: codingPath + [SettingKey(stringValue: unknown)])
            throw ConfigError.unknownKey(key: path, allowed: allowed)
        }
        return fields
    }
}

extension KeyedDecodingContainer {
    /// One of a list of words; any other is an error that names the key and the list.
    package func decodeChoiceIfPresent<Choice: RawRepresentable & CaseIterable>(
        _ type: Choice.Type, forKey key: Key
    ) throws -> Choice? where Choice.RawValue == String {
        guard let word = try decodeIfPresent(String.self, forKey: key) else { return nil }
        if let choice = Choice(rawValue: word) { return choice }
        throw ConfigError.outOfRange(
            key: ConfigError.shown(path: codingPath + [key]), value: word,
            allowed: Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
}

extension Decoder {
    /// A setting that is written as one word.
    ///
    /// - Throws: `ConfigError.outOfRange` with the key's whole path where `parse` returns nil.
    package func setting<Value>(allowed: String, _ parse: (String) throws -> Value?) throws -> Value {
        let text = try singleValueContainer().decode(String.self)
        guard let value = try parse(text) else {
            throw ConfigError.outOfRange(
                key: ConfigError.shown(path: codingPath), value: text, allowed: allowed)
        }
        return value
    }
}
