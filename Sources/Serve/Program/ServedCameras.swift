import Synchronization

/// One camera as the server shows it.
package struct ServedCamera: Sendable {
    /// "" is the only camera of a process without names: its routes are at the root. Else as `CameraName` says.
    package let name: String
    package let feed: LiveFeed
    package let events: EventHub
    package let program: ServedProgram
    /// Whether the process is not ready while this camera is not (`/readyz`).
    package let isRequired: Bool
    /// nil: nobody teaches it.
    package let teaching: (any ServedTeaching)?
    /// nil: its picture cannot be had in segments.
    package let segments: (any ServedSegments)?

    package init(
        name: String = "", feed: LiveFeed, events: EventHub, program: ServedProgram, isRequired: Bool = true,
        teaching: (any ServedTeaching)? = nil, segments: (any ServedSegments)? = nil
    ) {
        self.segments = segments
        self.name = name
        self.feed = feed
        self.events = events
        self.program = program
        self.isRequired = isRequired
        self.teaching = teaching
    }
}

/// What cameras may be called: their names are parts of addresses, files and measurements.
package enum CameraName {
    package static let allowed = "1 to 63 of a-z, 0-9, - and _"

    package static func isValid(_ name: some StringProtocol) -> Bool {
        (1...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                }
            }
    }
}

/// The cameras that there are just now, which may change while the server runs.
package final class ServedCameras: Sendable {
    private let cameras: Mutex<[ServedCamera]>
    /// Has something after each change.
    private let changes = Mailbox<Void>()

    /// - Parameter cameras: see `set`.
    package init(_ cameras: [ServedCamera] = []) {
        Self.check(cameras)
        self.cameras = Mutex(cameras)
    }

    /// Replaces them all. The streams and events of those that are gone end; those that stay, by their feed, are untouched.
    ///
    /// - Parameter cameras: in the order of the overview; names are valid, and each is there once. One without a name is
    ///   alone.
    package func set(_ cameras: [ServedCamera]) {
        Self.check(cameras)
        let before = self.cameras.withLock { known in
            defer { known = cameras }
            return known
        }
        for camera in before {
            if !cameras.contains(where: { $0.feed === camera.feed }) { camera.feed.finish() }
            if !cameras.contains(where: { $0.events === camera.events }) { camera.events.finish() }
        }
        changes.put(())
    }

    private static func check(_ cameras: [ServedCamera]) {
        if cameras.count == 1, cameras[0].name.isEmpty { return }
        precondition(cameras.allSatisfy { CameraName.isValid($0.name) }, "a camera's name is \(CameraName.allowed)")
        precondition(Set(cameras.map(\.name)).count == cameras.count, "two cameras have the same name")
    }

    /// In the order of the overview.
    var all: [ServedCamera] { cameras.withLock { $0 } }

    /// The only camera of a process without names.
    var unnamed: ServedCamera? { cameras.withLock { $0.first.flatMap { $0.name.isEmpty ? $0 : nil } } }

    subscript(name: some StringProtocol) -> ServedCamera? {
        cameras.withLock { $0.first { $0.name == name } }
    }

    /// Runs `body` for each camera for as long as it takes, those that come later as well; until the task is cancelled. For
    /// one caller only.
    func forEach(_ body: @escaping @Sendable (ServedCamera) async -> Void) async {
        await withDiscardingTaskGroup { group in
            // Kept, so that no other feed can be taken for one of them.
            var begun: [ServedCamera] = []
            repeat {
                let present = all
                begun.removeAll { old in !present.contains { $0.feed === old.feed } }
                for camera in present where !begun.contains(where: { $0.feed === camera.feed }) {
                    begun.append(camera)
                    group.addTask { await body(camera) }
                }
            } while await changes.next() != nil
        }
    }
}
