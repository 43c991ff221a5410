import Foundation

/// What `camstream help TOPIC` tells of, beside commands.
enum HelpTopic: String, CaseIterable, Sendable {
    case inputs, outputs, cards, methods, live, config, colors, completions
    case exitCodes = "exit-codes"
    case environment

    var title: String {
        switch self {
        case .inputs: "What --input takes"
        case .outputs: "What can be written"
        case .cards: "Models, and their cards"
        case .methods: "How maps are made, and of which layer"
        case .live: "Cameras, streams, and watching them"
        case .config: "Config files"
        case .colors: "Colour maps, and colours on the terminal"
        case .completions: "Completions for bash, zsh and fish"
        case .exitCodes: "Exit codes"
        case .environment: "Environment variables"
        }
    }

    /// Paragraphs, and lines with an indent as they are.
    var text: String {
        switch self {
        case .inputs: Self.inputsText
        case .outputs: Self.outputsText
        case .cards: Self.cardsText
        case .methods: Self.methodsText
        case .live: Self.liveText
        case .config: Self.configText
        case .colors: Self.colorsText
        case .completions: Self.completionsText
        case .exitCodes: Self.exitCodesText
        case .environment: Self.environmentText
        }
    }

    var page: StyledLines {
        var lines = StyledLines()
        lines.add(title, .heading)
        lines.add("")
        for part in text.components(separatedBy: "\n\n") {
            let rows = part.split(separator: "\n").map(String.init)
            let plain = rows.filter { !$0.hasPrefix("  ") }.joined(separator: " ")
            for line in HelpText.wrapped(plain, indent: 0) { lines.add(line) }
            for row in rows where row.hasPrefix("  ") {
                let isCommand = row.hasPrefix("  camstream ")
                for line in isCommand ? HelpText.command(row, indent: 2) : [row] { lines.add(line) }
            }
            lines.add("")
        }
        return lines
    }

    /// Rows with a margin: what something is called, and what it is.
    static func table(_ rows: [(name: String, text: String)]) -> String {
        let column = (rows.map(\.name.count).max() ?? 0) + 4
        return rows.flatMap { row in
            let lines = HelpText.wrapped(row.text, indent: column)
            let head = "  " + row.name
            return [head + (lines.first?.dropFirst(head.count) ?? "")] + lines.dropFirst()
        }.joined(separator: "\n")
    }

    static func list(_ words: [String]) -> String {
        HelpText.wrapped(words.joined(separator: ", "), indent: 2).joined(separator: "\n")
    }
}
