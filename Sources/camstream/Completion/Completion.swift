import Pipeline

/// What the word that is being typed may become: candidates, and which files.
struct Completion {
    struct Candidate: Equatable {
        let word: String
        var about = ""
    }

    private(set) var candidates: [Candidate] = []
    /// nil: no files; empty: any; else those with one of these endings.
    private(set) var fileEndings: [String]?
    private(set) var offersFolders = false
    /// Whether more of the same word may follow, as in a list.
    private(set) var goesOn = false

    /// - Parameters:
    ///   - words: of the command line without the program, up to the cursor; the last one is being typed.
    init(_ words: [String], _ names: CompletionNames) {
        let line = TypedLine(words)
        let current = line.current
        if line.isHelp {
            addCommands(of: line.path, current)
            if line.path.isEmpty { for topic in HelpTopic.allCases { add(topic.rawValue, topic.title, current) } }
        } else if let argument = line.waiting {
            let source = CompletionSource.of(argument, path: line.path)
            add(source, line.valuePrefix, String(current.dropFirst(line.valuePrefix.count)), line, names)
        } else if current.hasPrefix("-") {
            addOptions(line)
        } else {
            if line.mayNameCommand { addCommands(of: line.path, current) }
            if line.mayNameCommand, line.path.isEmpty { add("help", "Help on a command or a topic.", current) }
            if let argument = line.positional {
                add(CompletionSource.of(argument, path: line.path), "", current, line, names)
            } else if current.isEmpty, !line.mayNameCommand {
                addOptions(line)
            }
        }
    }

    private mutating func add(_ word: String, _ about: String, _ current: String) {
        guard word.hasPrefix(current), !candidates.contains(where: { $0.word == word }) else { return }
        candidates.append(Candidate(word: word, about: HelpText.brief(about, upTo: 60)))
    }

    private mutating func addCommands(of path: [String], _ current: String) {
        for command in (CommandInfo.of(path)?.shownCommands ?? []) {
            add(command.commandName, command.abstract ?? "", current)
        }
    }

    /// Those that may be given once, and were, are left out.
    private mutating func addOptions(_ line: TypedLine) {
        for argument in line.command.shownArguments where argument.kind != .positional {
            guard argument.isRepeating || !line.given.contains(argument.name) else { continue }
            for option in argument.options where option.hasPrefix("--") || line.current.count == 2 {
                add(option, argument.abstract ?? "", line.current)
            }
        }
    }

    /// - Parameter prefix: what stands before the value in the same word, such as "--out=".
    private mutating func add(
        _ source: CompletionSource, _ prefix: String, _ value: String, _ line: TypedLine, _ names: CompletionNames
    ) {
        func offer(_ list: [Candidate]) {
            for one in list { add(prefix + one.word, one.about, prefix + value) }
        }
        switch source {
        case .files(let endings): fileEndings = endings
        case .folders: offersFolders = true
        case .free: break
        case .words(let words): offer(words.map { Candidate(word: $0) })
        case .catalogue: offer(names.catalogue())
        case .kept: offer(names.kept())
        case .models:
            offer(names.models())
            fileEndings = ["onnx", "yaml", "xml"]
        case .inputs:
            offer(names.cameras() + [Candidate(word: "demo:", about: "a scene that is drawn")])
            fileEndings = []
        case .methods: offerList(MethodWords.all, prefix, value)
        case .layers: offerList(names.layers(line.values["model"], line.values["card"]), prefix, value)
        }
    }

    /// Names with commas between them: those before the last comma stay, and are not offered again.
    private mutating func offerList(_ words: [Candidate], _ prefix: String, _ value: String) {
        let before = value.lastIndex(of: ",").map { String(value[...$0]) } ?? ""
        let taken = Set(before.split(separator: ",").map(String.init))
        for one in words where !taken.contains(one.word) { add(prefix + before + one.word, one.about, prefix + value) }
        goesOn = true
    }

    /// A line each for the shells' scripts: a candidate and, behind a tab, what it is; what begins with a colon tells of the
    /// rest. No candidate does.
    var lines: [String] {
        var lines = candidates.map { Printable.line($0.about.isEmpty ? $0.word : "\($0.word)\t\($0.about)") }
        if let fileEndings { lines.append((":files " + fileEndings.joined(separator: " ")).trimmingSuffix()) }
        if offersFolders { lines.append(":folders") }
        if goesOn { lines.append(":goes-on") }
        return lines
    }
}

extension String {
    fileprivate func trimmingSuffix() -> String { last == " " ? String(dropLast()) : self }
}
