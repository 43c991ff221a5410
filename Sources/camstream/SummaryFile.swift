import Encode
import Pipeline
import Tracking

/// What a run did, for programs: a JSON file, or `-` for standard output.
struct SummaryFile {
    private let file: WholeFile?

    /// Creates the file.
    init(_ path: String, replacing mayReplace: Bool) throws(EncodeError) {
        file = path == "-" ? nil : try WholeFile(path, replacing: mayReplace)
    }

    /// - Parameters:
    ///   - files: all that the run wrote.
    ///   - isInterrupted: whether the recording goes on behind what was read.
    func write(_ summary: Summary, input: String, files: [String], isInterrupted: Bool) throws {
        let text = try JSONText.pretty.text(
            Content(summary, input: input, files: files, isInterrupted: isInterrupted))
        if let file { try file.write(text + "\n") } else { try StandardOutput.write(text) }
    }

    /// Times in seconds.
    private struct Content: Encodable {
        var camstream = Camstream.version
        var input: String
        var files: [String]
        var interrupted: Bool
        var framesRead: Int
        /// Frames that were drawn and written, or only explained where nothing is drawn.
        var framesWritten: Int?
        var framesExplained: Int?
        var corruptPackets: Int
        var seconds: Double
        var framesPerSecond: Double
        /// What each stage was busy for.
        var busy: [String: Double]
        /// How often the class changed that is drawn, and the most probable one of each frame; none where one was chosen.
        var labelChanges: Int?
        var rawLabelChanges: Int?

        init(_ summary: Summary, input: String, files: [String], isInterrupted: Bool) {
            (self.input, self.files, interrupted) = (redacted(input), files, isInterrupted)
            (framesRead, corruptPackets) = (summary.read, summary.corrupt)
            switch summary.done {
            case .written(let count): framesWritten = count
            case .explained(let count): framesExplained = count
            }
            seconds = summary.elapsed / .seconds(1)
            framesPerSecond = seconds > 0 ? Double(summary.done.count) / seconds : 0
            busy = Dictionary(summary.stages.map { ($0.name, $0.busy / .seconds(1)) }, uniquingKeysWith: +)
            (labelChanges, rawLabelChanges) = (summary.churn?.shown, summary.churn?.raw)
        }
    }
}
