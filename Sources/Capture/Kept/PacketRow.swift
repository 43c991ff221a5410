import CFFmpeg
import Pipeline

/// Packets that wait for their turn, first in, first out.
struct PacketRow {
    private var packets: [Packet] = []
    private var taken = 0
    /// Of all that wait, with what it takes to hold them.
    private(set) var bytes = 0

    /// Bytes. Files are interleaved more closely than that.
    private static let mostBytes = 64 << 20

    var isFull: Bool { bytes >= Self.mostBytes }

    var first: Packet? { taken < packets.count ? packets[taken] : nil }

    mutating func append(_ packet: Packet) {
        packets.append(packet)
        bytes += Self.size(packet)
    }

    mutating func popFirst() -> Packet? {
        guard let first else { return nil }
        bytes -= Self.size(first)
        taken += 1
        // Now and then, so that each packet is moved once or twice.
        if taken * 2 > packets.count {
            packets.removeFirst(taken)
            taken = 0
        }
        return first
    }

    private static func size(_ packet: Packet) -> Int { Int(packet.av.pointee.size) + MemoryLayout<AVPacket>.size }
}
