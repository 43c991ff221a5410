/// Plain text for a terminal of 80 columns.
enum HelpText {
    static let columns = 80

    /// Lines of words that fit; a word that is longer stands alone.
    static func wrapped(_ text: String, indent: Int, columns: Int = columns) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= columns {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(margin + word)
            }
        }
        return lines
    }

    /// A command to type; a shell takes its lines as one.
    static func command(_ text: String, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        for word in words(text) {
            // Room for the mark that says that it goes on.
            if let last = lines.last, last.count + 1 + word.count <= columns - 2 {
                lines[lines.count - 1] = "\(last) \(word)"
            } else if lines.isEmpty {
                lines.append(margin + word)
            } else {
                lines[lines.count - 1] += " \\"
                lines.append(margin + "    " + word)
            }
        }
        return lines
    }

    /// What a text begins with that still says something by itself, if it is too long: up to the end of a clause. No full
    /// stop stands behind it.
    static func brief(_ text: String, upTo length: Int) -> String {
        guard text.count > length else { return text.last == "." ? String(text.dropLast()) : text }
        var depth = 0
        var last: Character = " "
        var (strong, weak): (String?, String?)
        for index in text.indices {
            let (letter, before) = (text[index], text[..<index])
            guard before.count <= length else { break }
            if depth == 0 {
                if letter == " ", ".;:".contains(last) { strong = strong ?? String(before.dropLast()) }
                if letter == " ", last == "," { weak = String(before.dropLast()) }
                if letter == "(", last == " " { weak = String(before.dropLast()) }
            }
            if letter == "(" { depth += 1 }
            if letter == ")" { depth -= 1 }
            last = letter
        }
        return strong ?? weak ?? text
    }

    /// Split at spaces that are not between quotation marks.
    private static func words(_ text: String) -> [String] {
        var (words, quote): ([String], Character?) = ([""], nil)
        for letter in text {
            if letter == " ", quote == nil {
                words.append("")
            } else {
                words[words.count - 1].append(letter)
                if letter == quote {
                    quote = nil
                } else if quote == nil, letter == "'" || letter == "\"" {
                    quote = letter
                }
            }
        }
        return words.filter { !$0.isEmpty }
    }
}
