/// What the recorder does, for people and for metrics.
package struct RecordingStatus: Sendable, Equatable {
    /// Whether it is meant to record. With a `problem` it doesn't, but will.
    package var isActive = false
    /// The name that the file being written will have; nil: none is.
    package var file: String?
    /// Of that file.
    package var seconds = 0.0
    package var bytes = 0
    /// Why recording pauses, in one line.
    package var problem: String?
    package var framesWritten = 0
    package var framesDropped: [Recorder.DropReason: Int] = [:]
    /// Files that are complete, and those that are being completed.
    package var filesFinished = 0
    package var filesWaiting = 0

    package init() {}
}

/// What happens to recordings, for the log.
package enum RecordingEvent: Sendable, Equatable, CustomStringConvertible {
    case began(file: String)
    case finished(file: String, seconds: Double, bytes: Int)
    /// Of an earlier run that was killed.
    case repaired(file: String, seconds: Double, bytes: Int)
    case paused(EncodeError)
    case slowDisk
    case resumed(file: String)
    /// Plays, but seeking is slow: `problem` tells why it was not copied.
    case keptInFragments(file: String, problem: String)
    /// There was no time to complete it.
    case left(path: String)
    case notCompleted(path: String, problem: String)
    case removed(file: String, bytes: Int)
    case retention(RetentionNote)
    case note(EncodeNote)

    /// Whether something is lost, or may be.
    package var isLoss: Bool {
        switch self {
        case .paused, .slowDisk, .keptInFragments, .left, .notCompleted, .note: true
        case .retention(let note): note.isWarning
        case .began, .finished, .repaired, .resumed, .removed: false
        }
    }

    package var description: String {
        switch self {
        case .began(let file): "recording \(file)"
        case .finished(let file, let seconds, let bytes):
            "recorded \(file): \(Self.length(seconds)), \(DataSize(bytes: bytes))"
        case .repaired(let file, let seconds, let bytes):
            "repaired \(file), which an earlier run did not complete: \(Self.length(seconds)), \(DataSize(bytes: bytes))"
        case .paused(let problem): "recording pauses: \(problem)"
        case .slowDisk: "the recording's disk is too slow: frames are left out"
        case .resumed(let file): "recording goes on in \(file)"
        case .keptInFragments(let file, let problem): "\(file) is complete, but slow to seek in: \(problem)"
        case .left(let path): "no time to complete \(path): it plays, and the next start completes it"
        case .notCompleted(let path, let problem): "cannot complete \(path), it is left as it is: \(problem)"
        case .removed(let file, let bytes): "deleted the oldest recording, \(file), \(DataSize(bytes: bytes))"
        case .retention(let note): note.description
        case .note(let note): note.description
        }
    }

    private static func length(_ seconds: Double) -> String {
        seconds < 10 ? "\((seconds * 10).rounded() / 10) s" : TimeSpan(seconds: Int(seconds.rounded())).description
    }
}
