package import CFFmpeg
import Synchronization

/// One compressed packet of an auxiliary stream.
package final class Packet: @unchecked Sendable {  // safe: one stage holds it at a time
    /// Valid while this object lives. `stream_index` is the auxiliary stream's position in the source's `auxiliaryStreams`; times
    /// are in that auxiliary stream's time base.
    package let av: UnsafeMutablePointer<AVPacket>

    package init(adopting av: UnsafeMutablePointer<AVPacket>) { self.av = av }

    deinit {
        var dying: UnsafeMutablePointer<AVPacket>? = av
        av_packet_free(&dying)
    }
}

/// Carries auxiliary packets from the demuxer to the muxer, past the stages that handle pictures.
///
/// Not bounded, since a full queue here could block the pictures that the muxer waits for. It holds what the file
/// interleaves with the few pictures in flight, and what sound there is after the last picture.
package final class PacketQueue: Sendable {
    private let packets = Mutex<[Packet]>([])

    package init() {}

    package func append(_ packet: Packet) {
        packets.withLock { $0.append(packet) }
    }

    /// All that came since the last call, oldest first.
    package func takeAll() -> [Packet] {
        packets.withLock { waiting in
            var taken: [Packet] = []
            swap(&taken, &waiting)
            return taken
        }
    }
}
