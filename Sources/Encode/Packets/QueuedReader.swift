import DequeModule
package import Pipeline
import Synchronization

/// Lets a reader take its time, on a thread of its own: neither the encoder nor another reader waits for it.
///
/// When its queue is full, the reader misses all up to the next key frame that comes after there is room again, so
/// that what it reads can be decoded. So this is no `WorkQueue`, which lets the oldest go: what waits here is needed by
/// what follows, and is bounded in bytes, too.
package final class QueuedReader: PacketReader {
    private enum Event {
        case packet(EncodedPacket)
        case end
    }

    private struct State {
        var waiting = Deque<Event>()
        var packets = 0
        var bytes = 0
        /// Whether packets are left out until a key picture comes.
        var isSkipping = false
        /// Whether the thread has been told to read.
        var isReading = false
        var isClosed = false
    }

    private let reader: any PacketReader
    private let thread: StageThread
    private let (mostPackets, mostBytes): (Int, Int)
    private let state = Mutex(State())

    /// - Parameters:
    ///   - name: of its thread.
    ///   - packets, bytes: how many may wait; the defaults are some seconds.
    package init(
        _ reader: any PacketReader, name: String, packets: Int = 128, bytes: Int = 16 << 20
    ) throws(LackOfResources) {
        thread = try StageThread(name)
        self.reader = reader
        (mostPackets, mostBytes) = (packets, bytes)
    }

    /// How many packets wait.
    package var count: Int { state.withLock { $0.packets } }

    // MARK: - The encoder's side

    package func wish(for picture: PictureStamp) -> PictureWish {
        let wish = reader.wish(for: picture)
        guard wish == .picture else { return wish }
        // It goes on as soon as it can.
        return state.withLock { $0.isSkipping && hasRoomAgain($0) } ? .start : .picture
    }

    package func read(_ packet: EncodedPacket) {
        let (miss, isNew): (MissReason?, Bool) = state.withLock { state in
            let miss = reason(against: packet, state)
            state.isSkipping = miss != nil
            guard miss == nil else { return (miss, false) }
            state.packets += 1
            state.bytes += packet.bytes
            return (nil, append(.packet(packet), &state))
        }
        if let miss { return reader.miss(packet.picture, because: miss) }
        if isNew { thread.run { [self] in readWaiting() } }
    }

    package func miss(_ picture: PictureStamp, because reason: MissReason) { reader.miss(picture, because: reason) }

    package func end() {
        let isNew = state.withLock { state in
            if state.isClosed { return false }
            // One is as good as two, and so they cannot pile up.
            if case .end = state.waiting.last { return false }
            return append(.end, &state)
        }
        if isNew { thread.run { [self] in readWaiting() } }
    }

    /// Waits until the reader has read all that came.
    ///
    /// - Parameter limit: how long that may take; nil: as long as it takes.
    /// - Returns: false if it is not done by then.
    package func drain(within limit: Duration? = nil) -> Bool { thread.wait(within: limit) }

    /// Takes no more; the reader misses what still waits, and ends when it is back.
    package func close() {
        let (left, isNew) = state.withLock { state in
            let left = state.waiting
            state.isClosed = true
            (state.waiting, state.packets, state.bytes) = ([], 0, 0)
            return (left, append(.end, &state))
        }
        for case .packet(let packet) in left { reader.miss(packet.picture, because: .end) }
        if isNew { thread.run { [self] in readWaiting() } }
    }

    private func reason(against packet: EncodedPacket, _ state: State) -> MissReason? {
        if state.isClosed { return .end }
        if state.isSkipping, !packet.isKey || !hasRoomAgain(state) { return .untilKey }
        return state.packets >= mostPackets || state.bytes + packet.bytes > mostBytes && state.packets > 0 ? .full : nil
    }

    private func hasRoomAgain(_ state: State) -> Bool {
        state.packets <= mostPackets / 2 && state.bytes <= mostBytes / 2
    }

    /// - Returns: whether the thread must be told.
    private func append(_ event: Event, _ state: inout State) -> Bool {
        state.waiting.append(event)
        defer { state.isReading = true }
        return !state.isReading
    }

    // MARK: - The reader's side

    private func readWaiting() {
        while let event = next() {
            switch event {
            case .packet(let packet): reader.read(packet)
            case .end: reader.end()
            }
        }
    }

    private func next() -> Event? {
        state.withLock { state in
            guard let event = state.waiting.popFirst() else {
                state.isReading = false
                return nil
            }
            if case .packet(let packet) = event {
                state.packets -= 1
                state.bytes -= packet.bytes
            }
            return event
        }
    }
}
