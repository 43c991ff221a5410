extension Array {
    /// Reads a stage's settings; a key that none of them has is an error.
    package func decode<Settings>(from decoder: any Decoder, into settings: inout Settings) throws
    where Element == SettingDescriptor<Settings> {
        let fields = try decoder.strictContainer(of: map(\.key))
        for setting in self { try setting.decode(fields, &settings) }
    }

    /// Checks every value's range.
    ///
    /// - Parameter section: the stage's key, for the message.
    package func check<Settings>(_ settings: Settings, in section: String) throws(ConfigError)
    where Element == SettingDescriptor<Settings> {
        for setting in self {
            guard let value = setting.fault(settings) else { continue }
            throw .outOfRange(key: "\(section).\(setting.key)", value: value, allowed: setting.allowed ?? "another")
        }
    }
}
