extension KeptRecord {
    /// More than any line has; a track may hold anything.
    private static let longest = 1 << 18

    /// - Parameters:
    ///   - packet: of a track of records.
    ///   - isTimedText: whether the text's length stands before it, as in MP4 and QuickTime.
    /// - Returns: nil if it is no record.
    package init?(packet: some Collection<UInt8>, isTimedText: Bool) {
        var text = packet[...]
        if isTimedText {
            guard let high = text.popFirst(), let low = text.popFirst() else { return nil }
            text = text.prefix(Int(high) << 8 | Int(low))
        }
        guard text.count <= Self.longest else { return nil }
        self.init(line: String(decoding: text, as: UTF8.self))
    }

    /// The names of classes that it brings, by class.
    package var names: [(id: Int, name: String)] {
        (labels ?? [:]).compactMap { key, name in Int(key).map { ($0, name) } }
    }
}
