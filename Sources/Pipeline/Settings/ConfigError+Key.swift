extension ConfigError {
    /// The setting that is wrong, by its whole key; nil: it is no setting that is.
    package var key: String? {
        switch self {
        case .unknownKey(let key, _), .outOfRange(let key, _, _), .wrongType(let key, _), .missing(let key),
            .misplaced(let key, _):
            key
        case .malformed, .excessive, .unreadable: nil
        case .inFile(_, let error): error.key
        }
    }

    /// The same error with other names for the settings in it.
    ///
    /// - Parameters:
    ///   - name: what to call a key.
    ///   - text: the same for all keys in a sentence.
    package func renaming(_ name: (String) -> String, in text: (String) -> String) -> ConfigError {
        switch self {
        case .unknownKey(let key, let allowed): .unknownKey(key: name(key), allowed: allowed)
        case .outOfRange(let key, let value, let allowed):
            .outOfRange(key: name(key), value: value, allowed: text(allowed))
        case .wrongType(let key, let expected): .wrongType(key: name(key), expected: expected)
        case .missing(let key): .missing(key: name(key))
        case .misplaced(let key, let advice): .misplaced(key: name(key), advice: text(advice))
        case .malformed, .excessive, .unreadable: self
        case .inFile(let path, let error): .inFile(path: path, error.renaming(name, in: text))
        }
    }
}
