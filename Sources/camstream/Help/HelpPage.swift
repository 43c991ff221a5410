/// The help of a command: short, one screen of what is used daily, or long, with all that there is.
struct HelpPage {
    let command: CommandInfo
    /// Of the command's names, without the program's.
    let path: [String]
    private let discussion: Discussion
    private var lines = StyledLines()

    private init(_ command: CommandInfo, _ path: [String]) {
        (self.command, self.path) = (command, path)
        discussion = Discussion(command.discussion ?? "")
    }

    private var name: String { (["camstream"] + path).joined(separator: " ") }

    // MARK: - Short

    static func short(_ command: CommandInfo, path: [String]) -> StyledLines {
        var page = HelpPage(command, path)
        page.addHead()
        page.addUsage()
        // One's own command line is most often like one of these.
        for example in page.discussion.examples.prefix(path.isEmpty ? 0 : 2) {
            for line in HelpText.command(example, indent: 7) { page.lines.add(line) }
        }
        if !path.isEmpty { page.addCommands(isBrief: true) }
        page.addBriefs()
        if path.isEmpty { page.addCommands(isBrief: true) }
        page.lines.addGap()
        page.addEnd()
        return page.lines
    }

    /// A line for each option. Of a command that takes more of the program's own than a screen holds, those that are used daily.
    private mutating func addBriefs() {
        let all = command.shownArguments
        let isLong = all.count > 22
        let daily = path == ["serve"] ? HelpGroup.dailyOfService : HelpGroup.dailyOfCommands
        let shown = all.filter { argument in
            if path.isEmpty { return HelpGroup.daily.contains(argument.name) }
            switch argument.group {
            case .own, .arguments: return true
            case .program: return ["config", "help"].contains(argument.name)
            default: return !isLong || daily.contains(argument.name)
            }
        }
        let widest = shown.map { Self.names($0).count }.filter { $0 <= Self.briefColumn - 4 }.max() ?? 0
        addGroups(shown, isDense: true) { argument, lines in
            Self.addBrief(Self.names(argument), argument.abstract ?? "", column: widest + 4, to: &lines)
        }
    }

    private static let briefColumn = 30

    private static func addBrief(_ name: String, _ text: String, column: Int, to lines: inout StyledLines) {
        let text = HelpText.brief(text, upTo: HelpText.columns - column)
        var rows = HelpText.wrapped(text, indent: column)
        let head = "  " + name
        if head.count + 2 <= column, let first = rows.first {
            lines.add(head, .name, then: String(first.dropFirst(head.count)))
            rows.removeFirst()
        } else {
            lines.add(head, .name)
        }
        for row in rows { lines.add(row) }
    }

    // MARK: - Long

    static func long(_ command: CommandInfo, path: [String]) -> StyledLines {
        var page = HelpPage(command, path)
        page.addHead()
        for paragraph in page.discussion.paragraphs { page.lines.addParagraph(paragraph) }
        page.addUsage()
        page.addCommands(isBrief: false)
        page.addGroups(command.shownArguments, isDense: false) { argument, lines in
            lines.add("  " + Self.names(argument), .name)
            for line in HelpText.wrapped(argument.fullText, indent: 8) { lines.add(line) }
        }
        if !page.discussion.examples.isEmpty {
            page.lines.addGap()
            page.lines.add("Examples", .heading)
            for example in page.discussion.examples {
                for line in HelpText.command(example, indent: 2) { page.lines.add(line) }
            }
        }
        page.lines.addGap()
        if let codes = page.discussion.exitCodes { page.lines.addParagraph(Discussion.exitCodesTitle + " " + codes) }
        page.addEnd()
        return page.lines
    }

    // MARK: - Parts

    private mutating func addHead() {
        let version = path.isEmpty ? "camstream \(Camstream.version): " : ""
        lines.addParagraph(version + (command.abstract ?? ""))
    }

    private mutating func addUsage() {
        let usages =
            path.isEmpty
            ? ["camstream -i INPUT [-m MODEL] [-o OUTPUT | --serve] [options]", "camstream COMMAND [options]"]
            : [command.shownCommands.isEmpty ? "\(name)\(synopsis)" : "\(name) COMMAND [options]"]
        for (index, usage) in usages.enumerated() {
            let rows = HelpText.wrapped(usage, indent: 7)
            let head = index == 0 ? "Usage: " : "       "
            lines.add(head, .heading, then: String(rows[0].dropFirst(7)))
            for row in rows.dropFirst() { lines.add("    " + row) }
        }
    }

    /// What must be given, and what may be.
    private var synopsis: String {
        let arguments = command.shownArguments
        let words = arguments.filter { $0.kind == .positional }.map { argument in
            let word = argument.placeholder + (argument.isRepeating ? " ..." : "")
            return argument.isOptional ? "[\(word)]" : word
        }
        let needed = arguments.filter { $0.kind == .option && !$0.isOptional && $0.defaultValue == nil }
            .map { " \($0.options.last ?? "") \($0.placeholder)" }
        return words.map { " \($0)" }.joined() + needed.joined() + " [options]"
    }

    private mutating func addCommands(isBrief: Bool) {
        let commands = command.shownCommands
        guard !commands.isEmpty else { return }
        if !isBrief || !path.isEmpty { lines.addGap() }
        lines.add("Commands", .heading)
        let column = (commands.map(\.commandName.count).max() ?? 0) + 4
        for command in commands {
            let text = command.abstract ?? ""
            if isBrief {
                Self.addBrief(command.commandName, text, column: column, to: &lines)
            } else {
                let rows = HelpText.wrapped(text, indent: column)
                let head = "  " + command.commandName
                lines.add(head, .name, then: String(rows[0].dropFirst(head.count)))
                for row in rows.dropFirst() { lines.add(row) }
            }
        }
    }

    /// - Parameter isDense: without empty lines between the program's own groups.
    private mutating func addGroups(
        _ arguments: [ArgumentInfo], isDense: Bool, _ add: (ArgumentInfo, inout StyledLines) -> Void
    ) {
        var last: HelpGroup?
        for argument in arguments {
            if argument.group != last {
                if last == nil || !isDense { lines.addGap() }
                lines.add(argument.group.rawValue, .heading)
                last = argument.group
            }
            add(argument, &lines)
        }
    }

    private mutating func addEnd() {
        let long = "'\(name) --help' tells all"
        let topics = HelpTopic.allCases.map(\.rawValue).joined(separator: ", ")
        lines.addParagraph(
            path.isEmpty
                ? "\(long), 'camstream help TOPIC' more on: \(topics)."
                : "\(long); 'camstream help TOPIC' tells more.")
    }

    /// Such as "-o, --out <out>" and "--box/--no-box".
    private static func names(_ argument: ArgumentInfo) -> String {
        switch argument.kind {
        case .positional: argument.placeholder + (argument.isRepeating ? " ..." : "")
        case .option: argument.options.joined(separator: ", ") + " " + argument.placeholder
        case .flag:
            argument.options.contains("--no-\(argument.name)")
                ? argument.options.joined(separator: "/") : argument.options.joined(separator: ", ")
        }
    }
}

extension ArgumentInfo {
    /// What it is, what it may be, what it is without being named, and an example where it is not plain.
    var fullText: String {
        let text = abstract ?? ""
        var parts = [text]
        if let allValues { parts.append("One of: \(allValues.joined(separator: ", ")).") }
        // A form with an example in it is plain from the option's own.
        if let allowed, !text.contains(allowed), !allowed.contains("such as") { parts.append("Allowed: \(allowed).") }
        if let defaultValue { parts.append("Default: \(defaultValue).") }
        if let shownExample { parts.append("Example: \(shownExample)") }
        return parts.joined(separator: " ")
    }

    private var shownExample: String? {
        guard let example, kind == .option, allValues == nil, defaultValue == nil else { return nil }
        // The text has one.
        guard abstract?.contains("such as") == false, abstract?.contains(example) == false else { return nil }
        return "\(options.last ?? "") \(example.contains(" ") ? "\"\(example)\"" : example)"
    }
}
