/// Rows of a table as text: RFC 4180, with commas, semicolons or tabs between the fields.
package struct CSVText {
    /// A row's fields, and the line that it begins in, from 1 on.
    package struct Row: Equatable {
        package let line: Int
        package let fields: [String]
    }

    package struct Defect: Error, Equatable {
        package let line: Int
        package let problem: String
    }

    /// Those that are not empty.
    package private(set) var rows: [Row] = []

    /// - Parameter text: what stands in its first line most often of `,`, `;` and tab is between the fields.
    package init(_ text: String) throws(Defect) {
        let characters = Array(text)
        let firstLine = characters.prefix { !$0.isNewline }
        let separator = [Character](",;\t").max { one, two in
            firstLine.count { $0 == one } < firstLine.count { $0 == two }
        }!
        var (line, start) = (1, 1)
        var fields: [String] = []
        var field = ""
        var index = 0
        func endRow() {
            fields.append(field)
            if fields.contains(where: { !$0.isEmpty }) { rows.append(Row(line: start, fields: fields)) }
            (fields, field, start) = ([], "", line)
        }
        while index < characters.count {
            let character = characters[index]
            index += 1
            if character == "\"", field.allSatisfy(\.isWhitespace) {
                field = ""
                let opened = line
                while true {
                    guard index < characters.count else {
                        throw Defect(line: opened, problem: "a quotation mark has no second one")
                    }
                    let inner = characters[index]
                    index += 1
                    if inner == "\"" {
                        guard index < characters.count, characters[index] == "\"" else { break }
                        index += 1
                    } else if inner.isNewline {
                        line += 1
                    }
                    field.append(inner)
                }
                while index < characters.count, characters[index] != separator, !characters[index].isNewline {
                    guard characters[index].isWhitespace else {
                        throw Defect(line: line, problem: "text follows a quotation mark")
                    }
                    index += 1
                }
            } else if character == separator {
                fields.append(field.trimmed)
                field = ""
            } else if character.isNewline {
                field = field.trimmed
                line += 1
                endRow()
            } else {
                field.append(character)
            }
        }
        field = field.trimmed
        if !field.isEmpty || !fields.isEmpty { endRow() }
    }
}

extension String {
    fileprivate var trimmed: String {
        var rest = self[...].drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
