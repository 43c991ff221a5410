import ArgumentParser
import Foundation

/// A command as the argument parser tells of it, in its own words for programs (`--experimental-dump-help`), with what help
/// adds to them. Help, the manual page and completions are made of this.
struct CommandInfo: Codable, Sendable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay = true
    /// The one that runs where none is named.
    var defaultSubcommand: String?
    var subcommands: [CommandInfo]?
    var arguments: [ArgumentInfo]?

    /// The program with all that is below it, which takes long.
    static var whole: CommandInfo { read(Camstream.self) }

    /// The program; of its commands no more than what they are for.
    private static var root: CommandInfo {
        var root = read(RootOptions.self)
        root.subcommands = Camstream.command.subcommands.map { type in
            let command = type.configuration
            return CommandInfo(
                commandName: command.commandName ?? "", abstract: command.abstract, shouldDisplay: command.shouldDisplay
            )
        }
        return root
    }

    /// - Parameter path: names of commands; none: the program itself, without what its commands take.
    /// - Returns: nil where there is no such command.
    static func of(_ path: [String]) -> CommandInfo? {
        guard let first = path.first else { return root }
        let commands = Camstream.command.subcommands
        guard let type = commands.first(where: { $0.configuration.commandName == first }) else { return nil }
        var command = read(type)
        for name in path.dropFirst() {
            guard let next = command.shownCommands.first(where: { $0.commandName == name }) else { return nil }
            command = next
        }
        return command
    }

    /// How many of the first words name commands, each one below the one before.
    static func pathLength(_ words: [String]) -> Int {
        var commands = Camstream.command.subcommands
        for (index, word) in words.enumerated() {
            guard let named = commands.first(where: { $0.configuration.commandName == word }) else { return index }
            commands = named.configuration.subcommands
        }
        return words.count
    }

    /// The whole of what the parser tells.
    private struct Tool: Decodable { let command: CommandInfo }

    private static func read<Command: ParsableCommand>(_ type: Command.Type) -> CommandInfo {
        do {
            var command = try JSONDecoder().decode(Tool.self, from: Data(type._dumpHelp().utf8)).command
            command.complete()
            return command
        } catch {
            preconditionFailure("the argument parser tells of its commands in another form: \(error)")
        }
    }

    /// Without the parser's own `help`.
    var shownCommands: [CommandInfo] {
        (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
    }

    var shownArguments: [ArgumentInfo] { (arguments ?? []).filter(\.shouldDisplay) }

    private mutating func complete() {
        arguments = ArgumentInfo.completed(shownArguments, of: commandName)
        for index in subcommands?.indices ?? 0..<0 { subcommands?[index].complete() }
    }
}

/// What the program takes by itself.
private struct RootOptions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Camstream.command.commandName, abstract: Camstream.command.abstract,
        discussion: Camstream.command.discussion, version: Camstream.version)

    @OptionGroup var options: Camstream
}

/// An argument, a flag or an option of a command.
struct ArgumentInfo: Codable, Sendable {
    enum Kind: String, Codable { case positional, option, flag }

    struct Name: Codable, Sendable {
        var kind: String
        var name: String

        var text: String { (kind == "long" ? "--" : "-") + name }
    }

    var kind: Kind
    var names: [Name]?
    var valueName: String?
    var shouldDisplay: Bool
    var isOptional: Bool
    var isRepeating: Bool
    var parsingStrategy: String
    var defaultValue: String?
    /// All that can be said, where these are words.
    var allValues: [String]?
    var abstract: String?
    var discussion: String?
    /// The title of its `HelpGroup`.
    var sectionTitle: String?
    /// What a value may be, in words.
    var allowed: String?
    var example: String?

    /// Its long name without dashes; of what has none, what its value is called.
    var name: String { names?.first { $0.kind == "long" }?.name ?? valueName ?? "" }

    /// Such as ["-o", "--out"], the short ones first.
    var options: [String] {
        let names = names ?? []
        return (names.filter { $0.kind == "short" } + names.filter { $0.kind != "short" }).map(\.text)
    }

    /// What stands for its value.
    var placeholder: String { "<\(valueName ?? name)>" }

    var group: HelpGroup { sectionTitle.flatMap(HelpGroup.init) ?? .own }
}
