import Dispatch
import Synchronization

@testable import Encode

/// Keeps all packets; reads only while it is told to.
final class CollectingReader: PacketReader {
    struct State {
        var isReading = true
        var packets: [EncodedPacket] = []
        var missed: [PictureStamp] = []
        var reasons: [MissReason] = []
        var ends = 0
    }

    private let state = Mutex(State())

    var all: State { state.withLock { $0 } }
    func wantsMore(_ isReading: Bool) { state.withLock { $0.isReading = isReading } }

    func wish(for picture: PictureStamp) -> PictureWish { state.withLock { $0.isReading } ? .picture : .none }
    func read(_ packet: EncodedPacket) { state.withLock { $0.packets.append(packet) } }
    func miss(_ picture: PictureStamp, because reason: MissReason) {
        state.withLock { state in
            state.missed.append(picture)
            state.reasons.append(reason)
        }
    }
    func end() { state.withLock { $0.ends += 1 } }
}

/// Does not come back from a packet until it is let go.
final class HangingReader: PacketReader {
    let inner = CollectingReader()
    private let gate = DispatchSemaphore(value: 0)

    func letGo() { gate.signal() }

    func wish(for picture: PictureStamp) -> PictureWish { .picture }
    func read(_ packet: EncodedPacket) {
        gate.wait()
        gate.signal()
        inner.read(packet)
    }
    func miss(_ picture: PictureStamp, because reason: MissReason) { inner.miss(picture, because: reason) }
    func end() { inner.end() }
}
