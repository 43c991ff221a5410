import Kept
import Pipeline

/// The subtitle for people: what the heat is about, a line for as long as it says the same.
final class LabelCues {
    private let track: TextTrack
    private let path: String
    private let longest: Int64
    private var open: (text: String, start: Int64, end: Int64)?

    /// - Parameter longest: after which a line is written again, in the track's unit, so that none stands in the file far behind
    ///   the pictures that it belongs to.
    init(_ track: TextTrack, longest: Int64, path: String) {
        (self.track, self.longest, self.path) = (track, max(longest, 1), path)
    }

    /// The track's number in the file.
    var stream: Int { track.stream }

    /// Takes the next picture.
    ///
    /// - Parameters:
    ///   - start: its time, and `duration`: for how long it is shown, in the track's unit.
    func add(_ explained: borrowing Explained, from start: Int64, duration: Int64) throws(EncodeError) {
        let text = Self.text(explained)
        if let shown = open, shown.text != text || start - shown.start >= longest {
            try finish(at: start)
        }
        if let text { open = (text, open?.start ?? start, start + duration) }
    }

    /// Ends the line that is shown.
    ///
    /// - Parameter end: nil: with its last picture.
    func finish(at end: Int64? = nil) throws(EncodeError) {
        guard let shown = open else { return }
        open = nil
        try track.write(shown.text, from: shown.start, duration: (end ?? shown.end) - shown.start, path: path)
    }

    /// Such as "tabby 87 %", or "dog 0.90 #1, cat 0.72 #2".
    private static func text(_ explained: borrowing Explained) -> String? {
        if explained.reading == .objects { return text(of: explained.observations) }
        guard let drawn = explained.drawn else { return nil }
        guard explained.isRecognised else { return "— nothing recognised —" }
        let seen = drawn.printed(explained.printed)
        return "\(plain(seen.label)) \(Int((min(max(seen.probability, 0), 1) * 100).rounded())) %"
    }

    /// Of more things, a line could not be read.
    private static let mostThings = 5

    /// - Returns: nil: there is no thing, and nothing is said.
    private static func text(of things: [Observation]) -> String? {
        guard !things.isEmpty else { return nil }
        let told = things.prefix(mostThings).map { thing in
            "\(plain(thing.called.label)) \(thing.called.probability.hundredths)"
                + (thing.track.map { " #\($0)" } ?? "")
        }
        let rest = things.count - told.count
        return told.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    /// A line break would end the subtitle, and players take < and { for styles.
    private static func plain(_ name: String) -> String {
        String(name.map { $0.isNewline ? " " : $0 == "<" || $0 == "{" ? "(" : $0 == ">" || $0 == "}" ? ")" : $0 })
    }
}
