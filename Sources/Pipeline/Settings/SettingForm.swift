/// A kind of value that settings have: how config files, the command line and viewers write it, and what is in range.
package struct SettingForm<Value: Equatable & Sendable>: Sendable {
    let allowed: String?
    let contains: @Sendable (Value) -> Bool
    /// nil: the key is not there.
    let decode: @Sendable (KeyedDecodingContainer<SettingKey>, SettingKey) throws -> Value?
    let json: @Sendable (Value) -> JSONValue
    let parse: @Sendable (JSONValue) -> Value?
    /// Of the command line's value.
    var convert: @Sendable (Any) -> Value? = { $0 as? Value }
    /// As messages show it.
    var text: @Sendable (Value) -> String = { "\($0)" }
    var control: (@Sendable (Value) -> SettingControl)?
}

extension SettingForm where Value: Decodable {
    /// Anything that its type can read.
    ///
    /// - Parameters:
    ///   - allowed: what a value may be, in words.
    ///   - written: as config files write it.
    package static func value(
        _ allowed: String? = nil, written: @escaping @Sendable (Value) -> String = { "\($0)" },
        where contains: @escaping @Sendable (Value) -> Bool = { _ in true }
    ) -> SettingForm {
        SettingForm(
            allowed: allowed, contains: contains, decode: { try $0.decodeIfPresent(Value.self, forKey: $1) },
            json: { .text(written($0)) }, parse: { _ in nil })
    }
}

extension SettingForm where Value: RawRepresentable<String> & CaseIterable {
    /// One of a type's words.
    package static var word: SettingForm {
        let words = Value.allCases.map(\.rawValue)
        return SettingForm(
            allowed: words.joined(separator: ", "), contains: { _ in true },
            decode: { try $0.decodeChoiceIfPresent(Value.self, forKey: $1) }, json: { .text($0.rawValue) },
            parse: { if case .text(let word) = $0 { Value(rawValue: word) } else { nil } },
            text: { $0.rawValue }, control: { _ in .words(words) })
    }
}

extension SettingForm<Bool> {
    /// On or off.
    package static var flag: SettingForm {
        SettingForm(
            allowed: nil, contains: { _ in true }, decode: { try $0.decodeIfPresent(Bool.self, forKey: $1) },
            json: { .flag($0) }, parse: { if case .flag(let flag) = $0 { flag } else { nil } },
            control: { _ in .toggle })
    }
}

extension SettingForm<Double> {
    /// - Parameters:
    ///   - unit: behind the numbers: "seconds".
    ///   - allowed: in words; nil: the range.
    ///   - step: of the viewers' control.
    ///   - slider: what the control reaches although files may ask for more.
    package static func number(
        _ range: ClosedRange<Double>, unit: String? = nil, allowed: String? = nil, step: Double = 0.01,
        slider: ClosedRange<Double>? = nil
    ) -> SettingForm {
        let bounds = "\(shortest(range.lowerBound)) to \(shortest(range.upperBound))"
        return SettingForm(
            allowed: allowed ?? bounds + (unit.map { " \($0)" } ?? ""), contains: { range.contains($0) },
            decode: { try $0.decodeIfPresent(Double.self, forKey: $1) }, json: { .number($0) },
            parse: { if case .number(let number) = $0 { number } else { nil } },
            control: { value in
                let reach = slider ?? range
                return .number(reach.lowerBound...max(reach.upperBound, value), step: step, unit: unit)
            })
    }
}

extension SettingForm<Int> {
    /// - Parameters:
    ///   - unit: behind the numbers: "frames".
    ///   - allowed: in words; nil: the range.
    package static func whole(
        _ range: ClosedRange<Int>, unit: String? = nil, allowed: String? = nil
    ) -> SettingForm {
        let bounds = "\(range.lowerBound) to \(range.upperBound)" + (unit.map { " \($0)" } ?? "")
        return SettingForm(
            allowed: allowed ?? bounds, contains: { range.contains($0) },
            decode: { try $0.decodeIfPresent(Int.self, forKey: $1) }, json: { .number(Double($0)) },
            parse: { if case .number(let number) = $0 { Int(exactly: number) } else { nil } },
            control: { _ in .number(Double(range.lowerBound)...Double(range.upperBound), step: 1, unit: unit) })
    }

    /// Any whole number.
    package static var whole: SettingForm { whole(Int.min...Int.max, allowed: "a whole number") }
}

extension SettingForm<String> {
    /// - Parameter allowed: in words, where not every text will do.
    package static func text(
        _ allowed: String? = nil, where contains: @escaping @Sendable (String) -> Bool = { _ in true }
    ) -> SettingForm {
        SettingForm(
            allowed: allowed, contains: contains, decode: { try $0.decodeIfPresent(String.self, forKey: $1) },
            json: { .text($0) }, parse: { if case .text(let text) = $0 { text } else { nil } })
    }
}

extension SettingForm {
    /// A list of what a type can read.
    package static func list<Element: Decodable & Equatable & Sendable>(
        _ allowed: String? = nil
    ) -> SettingForm<[Element]> where Value == [Element] {
        SettingForm(
            allowed: allowed, contains: { _ in true }, decode: { try $0.decodeIfPresent([Element].self, forKey: $1) },
            json: { .list($0.map { .text("\($0)") }) }, parse: { _ in nil })
    }

    /// The same, or nothing, which is the default then.
    package static func optional<Wrapped: Equatable & Sendable>(_ form: SettingForm<Wrapped>) -> SettingForm<Wrapped?>
    where Value == Wrapped? {
        SettingForm<Wrapped?>(
            allowed: form.allowed,
            contains: { value in value.map(form.contains) ?? true },
            decode: { fields, key in
                guard let value = try form.decode(fields, key) else { return nil }
                return Optional.some(Optional.some(value))
            },
            json: { value in value.map(form.json) ?? .null },
            parse: { sent in
                if sent == .null { return Optional.some(nil) }
                return form.parse(sent).map { Optional.some($0) }
            },
            convert: { given in form.convert(given).map { Optional.some($0) } },
            text: { value in value.map(form.text) ?? "" })
    }
}

extension SettingForm<[String]> {
    /// Several in one text.
    package static func joined(
        read: @escaping @Sendable (String) -> [String], written: @escaping @Sendable ([String]) -> String
    ) -> SettingForm {
        SettingForm(
            allowed: nil, contains: { _ in true },
            decode: { try $0.decodeIfPresent(String.self, forKey: $1).map(read) },
            json: { $0.isEmpty ? .null : .text(written($0)) }, parse: { _ in nil },
            convert: { ($0 as? String).map(read) }, text: written)
    }
}
