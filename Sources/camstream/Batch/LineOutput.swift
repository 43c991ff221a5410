import Encode

/// Lines for programs on standard output, as they are, in large pieces.
final class LineOutput {
    private var waiting: [UInt8] = []

    /// A whole text at once. What messages leave out of addresses and names stays in it.
    static func write(whole text: String) throws(EncodeError) {
        let output = LineOutput()
        try output.write(text)
        try output.flush()
    }

    func write(_ text: String) throws(EncodeError) {
        waiting += text.utf8
        if waiting.count >= 1 << 16 { try flush() }
    }

    func flush() throws(EncodeError) {
        defer { waiting.removeAll(keepingCapacity: true) }
        try StandardOutput.write(waiting[...])
    }
}
