import Foundation
import Glibc
import Pipeline
import Synchronization

/// Colours of what the program writes: headings of help, and the words before errors and warnings.
enum TerminalColour {
    /// Without its dashes.
    static let option = "color"

    /// What `--color` says.
    enum Choice: String, CaseIterable, CustomStringConvertible {
        case auto, always, never

        var description: String { rawValue }
    }

    enum Style: String {
        case heading = "1"
        case name = "36"
        case error = "1;31"
        case warning = "1;33"
    }

    private static let choice = Mutex(Choice.auto)

    /// Takes the option out of a command line, wherever it stands, and holds to it from now on. The last one wins.
    ///
    /// - Returns: what is left.
    static func take(from arguments: [String]) throws(ConfigError) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        var (left, index): ([String], Int) = ([], 0)
        while index < end {
            let word = arguments[index]
            index += 1
            if word == "--\(option)" {
                try set(index < end ? arguments[index] : "")
                index += 1
            } else if word.hasPrefix("--\(option)=") {
                try set(String(word.dropFirst(option.count + 3)))
            } else {
                left.append(word)
            }
        }
        return left + arguments[end...]
    }

    private static func set(_ word: String) throws(ConfigError) {
        guard let chosen = Choice(rawValue: word) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .outOfRange(key: "--\(option)", value: word, allowed: words)
        }
        choice.withLock { $0 = chosen }
    }

    /// Whether a stream is written with colours.
    static func isOn(_ descriptor: Int32) -> Bool {
        let environment = ProcessInfo.processInfo.environment
        return isOn(choice.withLock { $0 }, environment, isTerminal: isatty(descriptor) == 1)
    }

    /// As no-color.org has it, any value of NO_COLOR but an empty one says no.
    static func isOn(_ choice: Choice, _ environment: [String: String], isTerminal: Bool) -> Bool {
        switch choice {
        case .always: true
        case .never: false
        case .auto:
            isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && !["", "dumb"].contains(environment["TERM"] ?? "")
        }
    }

    static func painted(_ text: some StringProtocol, _ style: Style) -> String {
        "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }

    /// A message of the program with the word before it in its colour.
    static func message(_ line: String) -> String {
        let name = "camstream: "
        for (word, style) in [("error:", Style.error), ("warning:", .warning)] where line.hasPrefix(name + word) {
            return name + painted(word, style) + line.dropFirst(name.count + word.count)
        }
        return line
    }
}
