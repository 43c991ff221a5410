import ArgumentParser

/// A command that stands behind options: the program would take them for its own, and the command would not get them.
struct LateCommand: Equatable, CustomStringConvertible {
    let name: String
    /// What stood before it.
    private let options: String
    private let program: String

    /// nil: there is none; a value of an option may have a command's name.
    init?<Command: ParsableCommand>(_ arguments: [String], of command: Command.Type) {
        let names = command.configuration.subcommands.compactMap { $0.configuration.commandName }
        let place = arguments.indices.dropFirst().first { index in
            // Where what stands before is complete, it is no value.
            names.contains(arguments[index]) && (try? command.parse(Array(arguments[..<index]))) != nil
        }
        guard let place else { return nil }
        name = arguments[place]
        options = arguments[0].split(separator: "=", maxSplits: 1)[0] + (place > 1 ? " …" : "")
        program = command.configuration.commandName.map { $0 == "camstream" ? $0 : "camstream \($0)" } ?? ""
    }

    var description: String { "options stand behind the command: \(program) \(name) \(options)" }
}
