import Pipeline
import Synchronization

/// What was told, in its order.
final class LockedList: Sendable {
    private let events = Mutex<[CameraEvent]>([])
    func append(_ event: CameraEvent) { events.withLock { $0.append(event) } }
    var all: [CameraEvent] { events.withLock { $0 } }
}
