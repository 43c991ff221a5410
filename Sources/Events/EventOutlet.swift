package import Encode
package import Pipeline
package import Serve
import Synchronization

/// Something that what happens goes to, such as a file or a broker. One serves all cameras of the process. Nobody who tells it
/// waits: what takes its time is done on a thread of the outlet's own, behind a bounded queue, and what is lost is counted.
package protocol EventOutlet: AnyObject, Sendable {
    /// How it is, for `/api/state`; nil: there is nothing to tell.
    var status: LiveState.Outlet? { get }
    /// How many of the last seconds of a camera's picture it wants to have kept; nil: none.
    func secondsKept(of camera: String) -> Double?
    /// A camera came. It may be one that was there before.
    func add(_ camera: CameraAccess)
    /// A camera was taken out. Another one of its name may have come before.
    func remove(_ camera: CameraAccess)
    func take(_ event: CameraEvent, of camera: String)
    /// A picture was explained, or none comes any more.
    ///
    /// - Parameters:
    ///   - seen: nil: no picture comes.
    ///   - standing: how things are now; asked for where it is wanted.
    func follow(_ seen: Sighting?, at time: Double, of camera: String, _ standing: () -> CameraStanding)
    /// Ends. Blocks until what waits is out, but no longer than the limit.
    func finish(within limit: Duration)
}

extension EventOutlet {
    package var status: LiveState.Outlet? { nil }
    package func secondsKept(of camera: String) -> Double? { nil }
    package func add(_ camera: CameraAccess) {}
    package func remove(_ camera: CameraAccess) {}
    package func follow(_ seen: Sighting?, at time: Double, of camera: String, _ standing: () -> CameraStanding) {}
}

/// What outlets may ask of a camera. All of it may be called from any thread.
package struct CameraAccess: Sendable {
    /// "": the process's only one.
    package var name: String
    /// Tells it from others that have, or had, its name.
    let number: Int
    private static let count = Atomic(0)
    /// The newest picture as a JPEG, and not older than a second; nil: there is none. It may take two seconds.
    package var snapshot: @Sendable () async -> [UInt8]?
    /// The last seconds of what is shown, as much as outlets wanted; nil: none did, or it cannot be encoded.
    package var recent: PacketRing?
    /// Changes a setting that viewers may change.
    ///
    /// - Returns: why it cannot be so, in one line; nil: it is.
    package var change: @Sendable (_ key: String, _ value: JSONValue) async -> String?

    package init(
        name: String, recent: PacketRing? = nil, snapshot: @escaping @Sendable () async -> [UInt8]? = { nil },
        change: @escaping @Sendable (String, JSONValue) async -> String? = { _, _ in nil }
    ) {
        (self.name, self.recent, self.snapshot, self.change) = (name, recent, snapshot, change)
        number = Self.count.add(1, ordering: .relaxed).newValue
    }

    /// Where a name is needed.
    package static func called(_ name: String) -> String { name.isEmpty ? "camera" : name }
}
