import Pipeline

extension ArgumentInfo {
    /// Commands that take a setting's value from elsewhere where it is not given.
    private static let withoutDefaults: Set = ["burn"]

    /// With groups, defaults and ranges, in the order in which help shows them.
    static func completed(_ arguments: [ArgumentInfo], of command: String) -> [ArgumentInfo] {
        var all = joined(arguments).map { $0.completed(of: command) }
        all.insert(color, at: all.firstIndex { $0.name == "version" || $0.name == "help" } ?? all.endIndex)
        // Stable, so that what has no place keeps the order of its declaration.
        let places = all.enumerated().map { index, argument in
            let group = argument.group
            return (
                argument, HelpGroup.allCases.firstIndex(of: group)!,
                group.members.firstIndex(of: argument.name) ?? index
            )
        }
        return places.sorted { ($0.1, $0.2) < ($1.1, $1.2) }.map(\.0)
    }

    /// It is taken from the command line before anything else is, so that wrong usage has colours, too.
    private static var color: ArgumentInfo {
        ArgumentInfo(
            kind: .option, names: [Name(kind: "long", name: TerminalColour.option)], valueName: "when",
            shouldDisplay: true, isOptional: true, isRepeating: false, parsingStrategy: "default",
            defaultValue: "\(TerminalColour.Choice.auto)", allValues: TerminalColour.Choice.allCases.map(\.rawValue),
            abstract: "Colours in help and before errors and warnings; auto: on a terminal.",
            sectionTitle: HelpGroup.program.rawValue)
    }

    /// A flag and its opposite become one.
    private static func joined(_ arguments: [ArgumentInfo]) -> [ArgumentInfo] {
        arguments.reduce(into: []) { list, argument in
            if let last = list.last, last.kind == .flag, argument.name == "no-\(last.name)" {
                list[list.count - 1].names? += argument.names ?? []
            } else {
                list.append(argument)
            }
        }
    }

    private func completed(of command: String) -> ArgumentInfo {
        var argument = self
        if name == "version" { argument.names?.append(Name(kind: "short", name: "V")) }
        if name == "help" { argument.abstract = "Show help: -h what is used daily, --help all." }
        let facts = SettingFacts.of(self)
        argument.sectionTitle = HelpGroup.of(self, isSetting: facts != nil).rawValue
        guard let facts else { return argument }
        argument.example = facts.example
        if !Self.withoutDefaults.contains(command), let usual = facts.usual {
            argument.defaultValue = Self.shown(usual, of: argument)
        }
        if kind == .option, allValues == nil { argument.allowed = facts.allowed }
        return argument
    }

    /// Of a flag the one of its names that says the same; none where it has one alone, and is off.
    private static func shown(_ usual: JSONValue, of argument: ArgumentInfo) -> String? {
        guard argument.kind == .flag else { return usual.description == "[]" ? nil : usual.description }
        let names = argument.options.filter { $0.hasPrefix("--") }
        guard names.count == 2 else { return nil }
        return usual == .flag(true) ? names[0] : names[1]
    }
}
