import CFFmpeg
import Synchronization

/// A packet of a live video, or of its sound, as a camera or a server sends it.
package struct LivePacket: Sendable {
    /// Times are in the unit of `stream`, and as the sender has them.
    package let packet: Packet
    /// Another object where the input was opened anew.
    package let stream: AuxiliaryStream
    /// When it is due for decoding, by our clocks.
    package let time: CaptureTime

    package init(_ packet: Packet, of stream: AuxiliaryStream, at time: CaptureTime) {
        (self.packet, self.stream, self.time) = (packet, stream, time)
    }
}

/// Takes a live video's own packets, or those of its sound, on the thread that reads them from the source. Must not wait.
package protocol LivePacketReader: AnyObject, Sendable {
    func take(_ packet: LivePacket)
    /// The input is lost.
    func noteLoss()
}

/// The packets of a live video, past the stages that handle pictures, for one who copies them.
///
/// Until somebody reads, it keeps what came since the last key picture, if packets have times of their own: the first pictures
/// are decoded before the other stages are there.
package final class LivePackets: Sendable {
    /// What the input was found to send.
    package let stream: AuxiliaryStream

    private struct State {
        var reader: (any LivePacketReader)?
        var waiting: [LivePacket] = []
        var bytes = 0
    }

    private let keepsUntilRead: Bool
    private static let mostBytes = 16 << 20
    private let state = Mutex(State())

    package init(_ stream: AuxiliaryStream, keepsUntilRead: Bool = true) {
        (self.stream, self.keepsUntilRead) = (stream, keepsUntilRead)
    }

    /// Hands over what waits, and all that comes from now on.
    package func connect(_ reader: any LivePacketReader) {
        state.withLock { state in
            for packet in state.waiting { reader.take(packet) }
            state = State(reader: reader)
        }
    }

    /// Nobody reads any more.
    package func disconnect() { state.withLock { $0 = State() } }

    /// Hands on the next packet.
    package func send(_ packet: LivePacket) {
        state.withLock { state in
            if let reader = state.reader { return reader.take(packet) }
            guard keepsUntilRead else { return }
            let av = packet.packet.av.pointee
            if av.flags & AV_PKT_FLAG_KEY != 0 { state = State() }
            state.bytes += Int(av.size)
            // What comes before it is needed: all or nothing.
            if state.bytes > Self.mostBytes { state.waiting = [] } else { state.waiting.append(packet) }
        }
    }

    /// The input is lost; what comes next is another connection's.
    package func noteLoss() {
        state.withLock { state in
            (state.waiting, state.bytes) = ([], 0)
            state.reader?.noteLoss()
        }
    }
}
