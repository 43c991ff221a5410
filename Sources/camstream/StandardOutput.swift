import Pipeline

/// What commands print. Addresses lose their secrets on the way.
enum StandardOutput {
    /// - Parameter text: without its last line break.
    static func write(_ text: String) {
        print(Redaction.text(text))
    }
}
