import ArgumentParser
import Foundation
import Pipeline

/// What is wrong with a command line, in one line: the word, the nearest one that is right, and where the list stands.
///
/// The argument parser tells it with the usage and all choices below each other; the words are taken from its text.
struct UsageError: CustomStringConvertible {
    let description: String

    /// nil for what is no wrong usage, such as a request for help, or was told before.
    init?<Command: ParsableCommand>(_ error: any Error, of command: Command.Type) {
        // Each question to the parser builds its whole help anew, so this is the only one.
        let full = command.fullMessage(for: error)
        guard let message = Self.message(of: full) else { return nil }
        let own = Self.manual("\(command.configuration.commandName ?? "") --help")
        // Without any argument the parser shows the help itself.
        let manual = Self.line(of: full, from: "  See '", to: "' for more information.").map(Self.manual) ?? own
        let purpose = Self.line(of: full, from: "Help:  ", to: "")
        let commands = command.configuration.subcommands.compactMap { $0.configuration.commandName }
        if let line = Self.wrongValue(message, purpose, manual) {
            description = line
        } else if let line = Self.unknownOption(message, manual) {
            description = line
        } else if let line = Self.unexpected(message, commands, own) {
            description = line
        } else {
            description = "\(Self.oneLine(message)); see \(manual)"
        }
    }

    // MARK: - Kinds

    /// The value 'V' is invalid for 'NAME <placeholder>', with one of three endings: the choices, a reason, nothing.
    private static func wrongValue(_ message: String, _ purpose: String?, _ manual: String) -> String? {
        let (start, middle) = ("The value '", "' is invalid for '")
        guard message.hasPrefix(start), let found = message.range(of: middle, options: .backwards) else { return nil }
        let value = oneWord(String(message[..<found.lowerBound].dropFirst(start.count)))
        let parts = message[found.upperBound...].split(separator: "'", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let (name, placeholder) = nameAndPlaceholder(String(parts[0]))
        let choices = choices(String(parts[1]))
        // As many as the parser itself writes on one line.
        if choices.count > 5 {
            let nearest = NearestWord.to(value, among: choices).map { "; did you mean '\($0)'? " } ?? "; "
            return "\(name) cannot be '\(value)'\(nearest)\(manual) lists all \(choices.count) choices"
        }
        let allowed =
            choices.isEmpty ? numbers[placeholder] : choices.joined(separator: ", ")
        if let allowed { return "\(ConfigError.outOfRange(key: name, value: value, allowed: allowed))" }
        // What the option is for says what it takes.
        let words = purpose?.components(separatedBy: ">  ") ?? []
        let tail = words.count > 1 ? ": \(words.dropFirst().joined(separator: ">  "))" : oneLine(String(parts[1]))
        return "\(name) cannot be '\(value)'\(tail) See \(manual)"
    }

    /// What options with these placeholders take.
    private static let numbers = ["number": "a number", "whole-number": "a whole number"]

    private static func unknownOption(_ message: String, _ manual: String) -> String? {
        let parts = message.components(separatedBy: "'")
        guard parts[0] == "Unknown option ", [3, 5].contains(parts.count), !message.contains("\n") else { return nil }
        // The parser's suggestion may be far off.
        let word = oneWord(parts[1])
        let suggestion = parts.count == 5 ? NearestWord.to(word, among: [parts[3]]) : nil
        let meant = suggestion.map { "; did you mean '\($0)'? " } ?? "; "
        return "unknown option '\(word)'\(meant)\(manual) lists all"
    }

    /// A word that belongs to no option may be a command.
    private static func unexpected(_ message: String, _ commands: [String], _ manual: String) -> String? {
        let parts = message.components(separatedBy: "'")
        guard parts[0].lowercased().hasSuffix("unexpected argument ") || parts[0].hasSuffix("unexpected arguments: ")
        else { return nil }
        let word = parts[1]
        guard let nearest = NearestWord.to(word, among: commands) else { return nil }
        return "\(oneLine(message)); did you mean the command '\(nearest)'? \(manual) lists all"
    }

    // MARK: - Parts of the parser's text

    /// What is wrong, without what the parser says below of help and usage; nil where nothing is.
    private static func message(of full: String) -> String? {
        let start = "Error: "
        let ends = ["\nHelp:  ", "\nUsage: ", "\nOVERVIEW: "].compactMap {
            full.range(of: $0, options: .backwards)?.lowerBound
        }
        // Other failures than usage come without them.
        guard full.hasPrefix(start), let end = ends.min() else { return nil }
        let message = full[..<end].dropFirst(start.count).trimmingCharacters(in: .newlines)
        return message.isEmpty ? nil : message
    }

    /// Of "NAME <placeholder>" or "<placeholder>".
    private static func nameAndPlaceholder(_ text: String) -> (name: String, placeholder: String) {
        let words = text.split(separator: " ").map(String.init)
        let placeholder = (words.last ?? "").trimmingCharacters(in: ["<", ">"])
        return (words.first ?? text, placeholder)
    }

    /// After "Please provide one of": up to five in quotation marks, or a list with one on each line.
    private static func choices(_ text: String) -> [String] {
        guard text.contains("Please provide one of") else { return [] }
        let bullet = "  - "
        let listed = text.components(separatedBy: "\n").filter { $0.hasPrefix(bullet) }
        if !listed.isEmpty { return listed.map { String($0.dropFirst(bullet.count)) } }
        let parts = text.components(separatedBy: "'")
        return stride(from: 1, to: parts.count, by: 2).map { parts[$0] }
    }

    /// What shows a command's help, such as "'camstream models fetch --help'".
    private static func manual(_ command: String) -> String {
        let program = Camstream.configuration.commandName ?? ""
        return command.hasPrefix(program) ? "'\(command)'" : "'\(program) \(command)'"
    }

    private static func line(of text: String, from prefix: String, to suffix: String) -> String? {
        text.components(separatedBy: "\n").first { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }
            .map { String($0.dropFirst(prefix.count).dropLast(suffix.count)) }
    }

    /// As part of a sentence: without a capital at its start and without line breaks.
    private static func oneLine(_ text: String) -> String {
        let line = oneWord(text).split(separator: " ").joined(separator: " ")
        return line.prefix(1).lowercased() + line.dropFirst()
    }

    private static func oneWord(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
