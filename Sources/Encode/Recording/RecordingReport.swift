import Synchronization

/// Where the recorder and its helpers write what they do, to be read from any thread.
final class RecordingReport: Sendable {
    private let current = Mutex(RecordingStatus())
    private let listener: @Sendable (RecordingEvent) -> Void

    init(_ listener: @escaping @Sendable (RecordingEvent) -> Void) { self.listener = listener }

    var status: RecordingStatus { current.withLock { $0 } }

    func update(_ change: (inout RecordingStatus) -> Void) { current.withLock { change(&$0) } }

    func tell(_ event: RecordingEvent) { listener(event) }
}
