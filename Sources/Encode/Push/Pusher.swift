package import Pipeline

/// Sends a live picture to one target, on a thread of its own: neither the encoder nor another target waits for it. What it
/// is too slow for is dropped up to the next key frame, and counted.
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
        let connectToTarget: PushWriter.Connect = { (format, sound, wall) throws(FFmpegError) in
            try PushConnection(target, format, sound: sound, wall: wall, watch)
        }
        writer = PushWriter(target.name, watch, clock, connect: connect ?? connectToTarget, onEvent: onEvent)
        queue = try QueuedReader(writer, name: "push", packets: Self.mostPackets, bytes: Self.mostBytes)
    }

    package var status: PushStatus { writer.status }
    /// Takes the input's sound, which goes along.
    package var sound: PushSound { writer.sound }
    /// How many pictures wait.
    package var count: Int { queue.count }

    // MARK: - The hub's reader

    package var isReading: Bool { writer.isReading }
    package func wish(for picture: PictureStamp) -> PictureWish { queue.wish(for: picture) }
    package func read(_ packet: EncodedPacket) { queue.read(packet) }
    package func miss(_ picture: PictureStamp, because reason: MissReason) { queue.miss(picture, because: reason) }
    package func end() { queue.end() }

    // MARK: - The end

    /// Ends them all, at the same time. What is not sent by then is lost, and what still blocks is given up; a name server that
    /// does not answer keeps a thread for a while.
    package static func finish(_ pushers: [Pusher], within limit: Duration) {
        for pusher in pushers { pusher.beginEnd() }
        let slow = pushers.stillBusy(at: .now + limit)
        for pusher in slow {
            pusher.interrupt.raise()
            pusher.queue.close()
        }
        _ = slow.stillBusy(at: .now + timeToGiveUp)
    }

    /// libavformat asks the interrupt ten times a second.
    private static let timeToGiveUp = Duration.milliseconds(300)

    /// Has what waits sent, and the connection ended; does not wait for that.
    private func beginEnd() {
        writer.beginEnd()
        queue.end()
    }

    /// Waits until all that came is dealt with.
    ///
    /// - Returns: false if it is not by then.
    func settle(within limit: Duration? = nil) -> Bool { queue.drain(within: limit) }
}

extension [Pusher] {
    /// - Returns: those that are not done by then.
    fileprivate func stillBusy(at end: ContinuousClock.Instant) -> [Pusher] {
        filter { !$0.settle(within: Swift.max(end - .now, .zero)) }
    }
}
