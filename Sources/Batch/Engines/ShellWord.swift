/// Text as one word of a shell, whatever is in it.
enum ShellWord {
    static func quoted(_ text: String) -> String {
        "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }
}

/// What an engine's files may be told without quotes.
enum PlainWord {
    /// Numbers, times, sizes and names as engines have them.
    private static let characters = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._,:+@=/%-")

    static func isPlain(_ value: String) -> Bool { value.allSatisfy(characters.contains) }

    /// - Throws: `BatchError.badOption` if there is something in it that might mean more, or nothing.
    static func check(_ value: String?, _ option: String) throws(BatchError) {
        guard let value else { return }
        guard !value.isEmpty, isPlain(value), !value.hasPrefix("-") else {
            throw .badOption(option: option, value: value, problem: "it must be one plain word")
        }
    }

    /// - Throws: `BatchError.badOption` if it has control characters, such as an end of a line.
    static func checkLine(_ value: String, _ option: String) throws(BatchError) {
        if value.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) {
            throw .badOption(option: option, value: value, problem: "it must be one line")
        }
    }
}
