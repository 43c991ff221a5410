import CFFmpeg
import Pipeline
import Testing

@testable import Encode

/// The seconds before an event.
@Suite struct PacketRingTests {
    private let bench: RecordingBench
    private let hub: PacketHub

    init() throws {
        bench = try RecordingBench()
        hub = try PacketHub()
    }

    private func show(_ indices: Range<Int>) throws {
        for index in indices {
            hub.encode(try bench.frame(index, at: Double(index) / 25, bench.pictures), bench.pictures.format)
        }
    }

    private func numbers(_ packets: [EncodedPacket]) -> [Int] {
        packets.map { Int(($0.picture.time - 5_000_000) / 40_000) }
    }

    @Test func itBeginsWithAKeyPictureAndReachesBackSoFar() throws {
        let ring = PacketRing(seconds: 2)
        hub.add(ring)
        try show(0..<40)
        #expect(numbers(ring.packets) == Array(0..<40))
        try show(40..<99)
        let packets = ring.packets
        let first = try #require(numbers(packets).first)
        #expect(numbers(packets) == Array(first..<99) && packets[0].isKey)
        // No later than 2 s ago, and no key picture earlier than that could be the first.
        #expect(first <= 98 - 50)
        let second = try #require(packets.dropFirst().first { $0.isKey })
        #expect(packets[packets.count - 1].picture.time - second.picture.time < 2_000_000)
        #expect(ring.bytes == ring.packets.reduce(0) { $0 + $1.bytes })
    }

    @Test func whoIsAddedGetsWhatIsKeptAndThenAllThatComes() throws {
        let (ring, follower) = (PacketRing(seconds: 1), CollectingReader())
        hub.add(ring)
        try show(0..<60)
        ring.add(follower)
        let first = try #require(numbers(follower.all.packets).first)
        #expect(numbers(follower.all.packets) == Array(first..<60) && first <= 59 - 25)
        try show(60..<70)
        ring.remove(follower)
        try show(70..<80)
        #expect(numbers(follower.all.packets) == Array(first..<70) && follower.all.ends == 1)
    }

    @Test func whoWantsLessThanIsKeptBeginsWithTheNearestKeyPicture() throws {
        let (ring, follower, other) = (PacketRing(seconds: 4), CollectingReader(), CollectingReader())
        hub.add(ring)
        try show(0..<120)
        ring.add(follower, seconds: 1)
        let packets = follower.all.packets
        let first = try #require(numbers(packets).first)
        #expect(packets[0].isKey && first <= 119 - 25 && first > 119 - 50 - 25)
        #expect(numbers(packets) == Array(first..<120))
        ring.add(other, seconds: 60)
        #expect(numbers(other.all.packets) == numbers(ring.packets))
    }

    @Test func whatIsKeptIsBoundedInBytes() throws {
        let unbounded = PacketRing(seconds: 60)
        hub.add(unbounded)
        try show(0..<100)
        let second = unbounded.packets.prefix(25).reduce(0) { $0 + $1.bytes }
        let bounded = PacketRing(seconds: 60, bytes: 2 * second)
        for packet in unbounded.packets { bounded.read(packet) }
        #expect(bounded.bytes <= 2 * second && bounded.packets[0].isKey)
        #expect(bounded.packets.last === unbounded.packets.last)
        // Not even one picture: nothing is kept, and nothing without its beginning.
        let tiny = PacketRing(seconds: 60, bytes: 1)
        for packet in unbounded.packets { tiny.read(packet) }
        #expect(tiny.packets.isEmpty && tiny.bytes == 0)
    }

    @Test func afterAGapItGoesOnWithAKeyPicture() throws {
        let ring = PacketRing(seconds: 10)
        hub.add(ring)
        try show(0..<10)
        ring.miss(PictureStamp(time: 0, wall: 0, isSlate: false), because: .leftOut)
        try show(10..<12)
        let packets = ring.packets
        #expect(numbers(packets) == Array(0..<12) && packets[10].isKey)
        // A source that begins anew has other times.
        try show(0..<3)
        hub.encode(try bench.frame(0, at: -4, bench.pictures), bench.pictures.format)
        #expect(ring.packets.map { $0.picture.time } == [1_000_000])
    }
}
