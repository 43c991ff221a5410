/// A command line while it is typed: which command, what was given, and what the last word is.
struct TypedLine {
    let path: [String]
    let command: CommandInfo
    /// What is being typed; may be empty.
    let current: String
    /// Long names of options that stand there.
    private(set) var given: Set<String> = []
    /// By the options' long names.
    private(set) var values: [String: String] = [:]
    /// The option whose value is being typed.
    private(set) var waiting: ArgumentInfo?
    /// What stands before the value in the same word: "--out=".
    private(set) var valuePrefix = ""
    /// Whether `help` stands before it.
    let isHelp: Bool
    private var positionals = 0
    private var hasOptions = false

    init(_ words: [String]) {
        current = words.last ?? ""
        var before = Array(words.dropLast())
        let place = CommandInfo.pathLength(before)
        isHelp = before.dropFirst(place).first == "help"
        if isHelp { before.remove(at: place) }
        let length = CommandInfo.pathLength(before)
        path = Array(before[..<length])
        let info = CommandInfo.of(path)
        guard let info else { preconditionFailure("the path is one of commands") }
        command = info
        read(before[length...])
        guard waiting == nil, current.hasPrefix("--"), let mark = current.firstIndex(of: "=") else { return }
        waiting = option(String(current[..<mark])).flatMap { $0.kind == .option ? $0 : nil }
        valuePrefix = String(current[...mark])
    }

    private mutating func read(_ words: ArraySlice<String>) {
        for word in words {
            if let argument = waiting {
                values[argument.name] = word
                waiting = nil
            } else if word.hasPrefix("-"), word != "-" {
                hasOptions = true
                let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                guard let argument = option(parts[0]) else { continue }
                given.insert(argument.name)
                if argument.kind == .option {
                    if parts.count == 2 { values[argument.name] = parts[1] } else { waiting = argument }
                }
            } else {
                positionals += 1
            }
        }
    }

    private func option(_ name: String) -> ArgumentInfo? {
        command.shownArguments.first { $0.options.contains(name) }
    }

    /// A command stands before all else.
    var mayNameCommand: Bool { !command.shownCommands.isEmpty && !hasOptions && positionals == 0 && waiting == nil }

    /// The argument that the word would be.
    var positional: ArgumentInfo? {
        let all = command.shownArguments.filter { $0.kind == .positional }
        return positionals < all.count ? all[positionals] : all.last.flatMap { $0.isRepeating ? $0 : nil }
    }
}
