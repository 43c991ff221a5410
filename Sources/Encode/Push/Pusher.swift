package import Pipeline

/// Sends a live picture to one target, on a thread of its own: neither the encoder nor another target waits for it. What it
/// is too slow for is dropped up to the next key picture, and counted.
package final class Pusher: StreamReader {
    package let target: PushTarget
    private let interrupt = Interrupt()
    private let writer: PushWriter
    private let queue: QueuedReader

    /// Two seconds of a usual camera: what waits longer is old.
    private static let (mostPackets, mostBytes) = (64, 8 << 20)

    /// - Parameter onEvent: what happens to the connection; called on any thread. Must not wait.
    package convenience init(
        _ target: PushTarget, onEvent: @escaping @Sendable (PushEvent) -> Void
    ) throws(LackOfResources) {
        try self.init(target, LinuxClock(), connect: nil, onEvent: onEvent)
    }

    /// - Parameter connect: in place of libavformat.
    init(
        _ target: PushTarget, _ clock: any SystemClock, connect: PushWriter.Connect?,
        onEvent: @escaping @Sendable (PushEvent) -> Void
    ) throws(LackOfResources) {
        let watch = CallWatch(interrupt, clock)
        self.target = target
        let connectToTarget: PushWriter.Connect = { (format, wall) throws(FFmpegError) in
            try PushConnection(target, format, wall: wall, watch)
        }
        writer = PushWriter(target.name, watch, clock, connect: connect ?? connectToTarget, onEvent: onEvent)
        queue = try QueuedReader(writer, name: "push", packets: Self.mostPackets, bytes: Self.mostBytes)
    }

    package var status: PushStatus { writer.status }
    /// How many pictures wait.
    package var count: Int { queue.count }
    /// Whether all that came is dealt with. Waits for that.
    func settle() -> Bool { queue.drain() }

    // MARK: - The hub's reader

    package var isReading: Bool { writer.isReading }
    package func wish(for picture: PictureStamp) -> PictureWish { queue.wish(for: picture) }
    package func read(_ packet: EncodedPacket) { queue.read(packet) }
    package func miss(_ picture: PictureStamp, because reason: MissReason) { queue.miss(picture, because: reason) }
    package func end() { queue.end() }

    // MARK: - The end

    /// Has what waits sent, and the connection ended; does not wait for that.
    package func beginEnd() {
        writer.beginEnd()
        queue.end()
    }

    /// Ends. What is not sent by then is lost, and what still blocks is given up; a name server that does not answer keeps the
    /// thread for a while.
    package func finish(within limit: Duration) {
        beginEnd()
        if queue.drain(within: limit) { return }
        interrupt.raise()
        queue.close()
        _ = queue.drain(within: Self.timeToGiveUp)
    }

    /// libavformat asks the interrupt ten times a second.
    private static let timeToGiveUp = Duration.milliseconds(300)
}
