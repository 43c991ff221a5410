/// What is wrong with a setting: its key, its value, and what is allowed.
package enum ConfigError: Error, Equatable, CustomStringConvertible {
    /// `key` is the whole path, such as "overlay.alhpa".
    case unknownKey(key: String, allowed: [String])
    case outOfRange(key: String, value: String, allowed: String)

    package var description: String {
        switch self {
        case .unknownKey(let key, let allowed):
            "unknown setting '\(key)'; allowed here: \(allowed.joined(separator: ", "))"
        case .outOfRange(let key, let value, let allowed):
            "\(key) cannot be '\(value)'; allowed: \(allowed)"
        }
    }
}

extension Decoder {
    /// A keyed container in which a key that is not a case of `Key` is an error, because it is most likely misspelt.
    package func strictContainer<Key: CodingKey & CaseIterable>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        let allowed = Key.allCases.map(\.stringValue)
        let present = try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        if let unknown = present.sorted().first(where: { !allowed.contains($0) }) {
            let path = (codingPath.map(\.stringValue) + [unknown]).joined(separator: ".")
            throw ConfigError.unknownKey(key: path, allowed: allowed)
        }
        return try container(keyedBy: type)
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
}
