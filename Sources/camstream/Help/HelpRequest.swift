import ArgumentParser
import Pipeline

/// Which help a command line asks for with `camstream help`, and what is shown where the parser would show its own.
struct HelpRequest {
    private let page: StyledLines

    /// - Returns: nil: it does not begin with `help`, or with a command and `help`.
    /// - Throws: where there is no such command or topic.
    init?(_ arguments: [String]) throws(UnknownTopic) {
        let length = CommandInfo.pathLength(arguments)
        guard arguments.dropFirst(length).first == "help" else { return nil }
        let words = arguments[..<length] + arguments[(length + 1)...].filter { !$0.hasPrefix("-") }
        page = try Self.page(Array(words))
    }

    /// What `-h` and `--help` show, and commands that are nothing without one below them.
    init(asked arguments: [String]) {
        let path = Array(arguments.prefix(CommandInfo.pathLength(arguments)))
        guard let command = CommandInfo.of(path) else { preconditionFailure("there is no command \(path)") }
        page = arguments.contains("--help") ? HelpPage.long(command, path: path) : HelpPage.short(command, path: path)
    }

    func text(coloured: Bool) -> String { page.text(coloured: coloured) }

    private static func page(_ words: [String]) throws(UnknownTopic) -> StyledLines {
        if let command = CommandInfo.of(words) { return HelpPage.long(command, path: words) }
        if words.count == 1, let topic = HelpTopic(rawValue: words[0]) { return topic.page }
        throw UnknownTopic(words: words)
    }

    /// There is no help of that name.
    struct UnknownTopic: Error, CustomStringConvertible {
        let words: [String]

        var description: String {
            let commands = Camstream.command.subcommands.compactMap { $0.configuration.commandName }
            let choices = commands + HelpTopic.allCases.map(\.rawValue)
            let word = words.joined(separator: " ")
            let meant = NearestWord.to(word, among: choices).map { "; did you mean '\($0)'?" } ?? ";"
            return "there is no help on '\(word)'\(meant) 'camstream --help' lists commands and topics"
        }
    }
}
