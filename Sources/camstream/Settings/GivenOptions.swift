import ArgumentParser
import Events
import Live
import Pipeline
import Serve

/// What was given of a command's options that are settings. They are found by name: an option that is kept as `colorBar`
/// is the setting `color-bar` of the stage that has one. So a new option is declared, and that is all.
struct GivenOptions {
    private var values: [(key: String, value: Any)] = []
    /// All options that the command has, given or not.
    private(set) var declared: [String] = []

    /// - Parameter options: parsed ones.
    init(_ options: some ParsableArguments) { collect(options) }

    /// Their names, for tests.
    var keys: [String] { values.map(\.key) }

    /// Puts them over the settings. What is no setting is left out.
    func apply(to config: inout Config) {
        for (key, value) in values {
            if let setting = CameraConfig.settings.first(where: { $0.key.hasSuffix(".\(key)") }) {
                config.changeEach { camera in
                    let isTaken = setting.assign(value, &camera)
                    assert(isTaken, "the option \(key) is of another type than the setting")
                }
            } else if let setting = ServeConfig.settings.first(where: { $0.key == key }) {
                var server = config.serve ?? ServeConfig()
                let isTaken = setting.assign(value, &server)
                assert(isTaken, "the option \(key) is of another type than the setting")
                config.serve = server
            } else if let setting = EventsConfig.settings.first(where: { $0.option == "--\(key)" }) {
                let isTaken = setting.assign(value, &config.events)
                assert(isTaken, "the option \(key) is of another type than the setting")
            } else if let setting = MQTTConfig.settings.first(where: { $0.option == "--\(key)" }) {
                var broker = config.mqtt ?? MQTTConfig()
                let isTaken = setting.assign(value, &broker)
                assert(isTaken, "the option \(key) is of another type than the setting")
                config.mqtt = broker
            }
        }
    }

    private mutating func collect(_ options: Any) {
        for child in Mirror(reflecting: options).children {
            guard let label = child.label else { continue }
            if let group = child.value as? any GivenGroup {
                collect(group.options)
            } else if let option = child.value as? any GivenOption {
                declared.append(Self.key(label))
                if let value = option.given { values.append((Self.key(label), value)) }
            }
        }
    }

    /// "_colorBar" → "color-bar"; the wrapper's own name begins with an underscore.
    private static func key(_ label: String) -> String {
        label.drop { $0 == "_" }.reduce(into: "") { key, letter in
            if letter.isUppercase { key.append("-") }
            key.append(letter.lowercased())
        }
    }
}

private protocol GivenGroup {
    var options: any ParsableArguments { get }
}

extension OptionGroup: GivenGroup {
    var options: any ParsableArguments { wrappedValue }
}

private protocol GivenOption {
    /// nil: it was not given.
    var given: Any? { get }
}

extension Option: GivenOption {
    var given: Any? {
        if let optional = wrappedValue as? any OptionalValue { return optional.wrapped }
        // Of one that can be given again and again.
        if let list = wrappedValue as? any Collection, list.isEmpty { return nil }
        return wrappedValue
    }
}

extension Flag: GivenOption {
    var given: Any? {
        if let optional = wrappedValue as? any OptionalValue { return optional.wrapped }
        return wrappedValue as? Bool == true ? true : nil
    }
}

private protocol OptionalValue {
    var wrapped: Any? { get }
}

extension Optional: OptionalValue {
    var wrapped: Any? { map { $0 as Any } }
}
