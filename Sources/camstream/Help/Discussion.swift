import Foundation

/// What a command says of itself at length: paragraphs, examples (lines with an indent), and exit codes.
struct Discussion {
    static let exitCodesTitle = "Exit codes:"

    private(set) var paragraphs: [String] = []
    private(set) var examples: [String] = []
    private(set) var exitCodes: String?

    init(_ text: String) {
        for part in text.components(separatedBy: "\n\n") {
            let lines = part.split(separator: "\n").map(String.init)
            examples += lines.filter { $0.hasPrefix("  ") }.map { $0.trimmingPrefix { $0 == " " } }.map(String.init)
            let plain = lines.filter { !$0.hasPrefix("  ") }.joined(separator: " ")
            if plain.hasPrefix(Self.exitCodesTitle) {
                exitCodes = plain.dropFirst(Self.exitCodesTitle.count).trimmingCharacters(in: .whitespaces)
            } else if !plain.isEmpty, !["Example:", "Examples:"].contains(plain) {
                paragraphs.append(plain)
            }
        }
    }

    /// Each code, or two of a kind, with what it means.
    var exitCodeList: [(codes: String, meaning: String)] {
        let text = exitCodes ?? ""
        let starts = text.matches(of: #/(?:^|, )(\d+(?: and \d+)?) /#)
        return starts.enumerated().map { index, match in
            let end = index + 1 < starts.count ? starts[index + 1].range.lowerBound : text.endIndex
            let meaning = text[match.range.upperBound..<end]
            return (String(match.1), String(meaning.last == "." ? meaning.dropLast() : meaning))
        }
    }
}
