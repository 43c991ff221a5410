import Foundation
import Glibc

/// What the program answers by itself where the argument parser would answer in its own words: help, completions, and what
/// other programs read of its options.
enum OwnAnswer {
    private static let dump = "--experimental-dump-help"

    /// - Returns: nil: the parser is to be asked.
    /// - Throws: where help is asked for on what there is not.
    static func text(_ arguments: [String]) throws(HelpRequest.UnknownTopic) -> String? {
        if let text = CompletionCommand.answer(arguments) { return text }
        if arguments == [dump] { return described }
        return try HelpRequest(arguments)?.text(coloured: isColoured)
    }

    /// `-V` is `--version`, as the parser has it.
    static func parsed(_ arguments: [String]) -> [String] {
        let place = CommandInfo.pathLength(arguments)
        guard arguments.dropFirst(place).first == "-V" else { return arguments }
        return arguments[..<place] + ["--version"] + arguments[(place + 1)...]
    }

    /// Whether the parser answers with its help.
    static func isHelp(_ message: String) -> Bool { message.hasPrefix("OVERVIEW: ") || message.hasPrefix("USAGE: ") }

    static func help(_ arguments: [String]) -> String { HelpRequest(asked: arguments).text(coloured: isColoured) }

    private static var isColoured: Bool { TerminalColour.isOn(STDOUT_FILENO) }

    /// All commands and topics, as JSON: the manual page is made of it.
    private static var described: String {
        struct Topic: Encodable {
            let name: String
            let title: String
            let text: String
        }
        struct Tool: Encodable {
            let serializationVersion = 0
            let command: CommandInfo
            let topics: [Topic]
        }
        let topics = HelpTopic.allCases.map { Topic(name: $0.rawValue, title: $0.title, text: $0.text) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try? encoder.encode(Tool(command: .whole, topics: topics))
        return data.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
