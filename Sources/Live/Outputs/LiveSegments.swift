import Encode
import Serve

/// The segments of a camera's picture, as the server asks for them.
struct LiveSegments: ServedSegments {
    private let stream: SegmentStream

    /// - Parameter areAlways: whether they are made also while nobody asks.
    init(of packets: PacketHub, areAlways: Bool) {
        stream = SegmentStream(isAlways: areAlways)
        packets.add(stream)
    }

    func ask() { stream.ask() }
    func segment(_ number: Int) -> [UInt8]? { stream.segment(number)?.bytes }
    func head(_ number: Int) -> [UInt8]? { stream.head(number) }

    var list: SegmentList {
        let list = stream.list
        return SegmentList(
            list.segments.map {
                .init(
                    number: $0.number, head: $0.head, seconds: $0.seconds, bytes: $0.bytes.count,
                    wall: $0.wall, isDiscontinuous: $0.isDiscontinuous)
            }, pastDiscontinuities: list.pastDiscontinuities, targetSeconds: list.targetSeconds)
    }
}
