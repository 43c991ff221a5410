import DequeModule
import Synchronization

/// Keeps the last seconds of a live picture as packets, from a key picture on, so that what happened before an event can
/// still be shown. Who is added gets what is kept, and then all that comes, without a gap.
package final class PacketRing: StreamReader {
    private struct State {
        var packets = Deque<EncodedPacket>()
        var bytes = 0
        /// Whether packets are left out until a key picture comes.
        var awaitsKey = true
        var followers: [any PacketReader] = []
    }

    /// Microseconds.
    private let length: Int64
    private let mostBytes: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - seconds: how far back it reaches at least, once so much has come.
    ///   - bytes: how many are kept at most; where that is less, it reaches less far back.
    package init(seconds: Double, bytes: Int = 64 << 20) {
        (length, mostBytes) = (Int64(seconds * 1_000_000), bytes)
    }

    /// What is kept; the first is a key picture, and those after it follow without a gap.
    package var packets: [EncodedPacket] { state.withLock { Array($0.packets) } }

    package var bytes: Int { state.withLock { $0.bytes } }

    /// When the newest picture was taken, by the source's clock, in microseconds.
    var newest: Int64? { state.withLock { $0.packets.last?.picture.time } }

    /// Hands over the last seconds of what is kept, from a key picture on, and from then on all that comes. Nobody asks the
    /// reader for its wishes; one that takes its time belongs behind a `QueuedReader` with room for what is kept.
    ///
    /// - Parameter seconds: how far back it wants to begin at least; nil: all.
    package func add(_ reader: any PacketReader, seconds: Double? = nil) {
        state.withLock { state in
            for packet in state.packets[start(seconds, state.packets)...] { reader.read(packet) }
            state.followers.append(reader)
        }
    }

    private func start(_ seconds: Double?, _ packets: Deque<EncodedPacket>) -> Int {
        guard let seconds, let last = packets.last else { return 0 }
        let time = last.picture.time - Int64(seconds * 1_000_000)
        return packets.lastIndex { $0.isKey && $0.picture.time <= time } ?? 0
    }

    /// The reader gets no more, and is told so.
    package func remove(_ reader: any PacketReader) {
        state.withLock { state in
            guard let index = state.followers.firstIndex(where: { $0 === reader }) else { return }
            state.followers.remove(at: index)
            reader.end()
        }
    }

    // MARK: - The hub's reader

    package var isReading: Bool { true }

    package func wish(for picture: PictureStamp) -> PictureWish {
        // After a gap the next picture is worth more as a beginning.
        state.withLock { $0.awaitsKey } ? .start : .picture
    }

    package func read(_ packet: EncodedPacket) {
        state.withLock { state in
            keep(packet, &state)
            for follower in state.followers { follower.read(packet) }
        }
    }

    package func miss(_ picture: PictureStamp, because reason: MissReason) {
        state.withLock { state in
            // What follows cannot be shown behind what is kept.
            state.awaitsKey = true
            for follower in state.followers { follower.miss(picture, because: reason) }
        }
    }

    /// Another encoder goes on with a key picture; what is kept can still be shown.
    package func end() {
        state.withLock { state in
            state.awaitsKey = true
            for follower in state.followers { follower.end() }
        }
    }

    private func keep(_ packet: EncodedPacket, _ state: inout State) {
        if packet.isKey {
            // Its times may be another clock's, and there may be a gap before it.
            if let last = state.packets.last?.picture.time, packet.picture.time < last { clear(&state) }
            state.awaitsKey = false
        }
        guard !state.awaitsKey else { return }
        state.packets.append(packet)
        state.bytes += packet.bytes
        while let next = state.packets.dropFirst().firstIndex(where: \.isKey),
            packet.picture.time - state.packets[next].picture.time >= length || state.bytes > mostBytes
        {
            for _ in 0..<next { state.bytes -= state.packets.removeFirst().bytes }
        }
        // One picture group is larger than all that may be kept.
        if state.bytes > mostBytes {
            clear(&state)
            state.awaitsKey = true
        }
    }

    private func clear(_ state: inout State) {
        state.packets.removeAll()
        state.bytes = 0
    }
}
