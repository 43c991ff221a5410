/// A second of the live picture, as players of HTTP Live Streaming fetch it.
package struct MediaSegment: Sendable {
    package let number: Int
    /// The number of the head that it needs.
    package let head: Int
    /// Fragmented MP4.
    package let bytes: [UInt8]
    package let seconds: Double
    /// When its first picture was taken, in microseconds since 1970.
    package let wall: Int64
    /// Whether its times, or how it is encoded, have nothing to do with the one before.
    package let isDiscontinuous: Bool
}

/// The newest segments, and the heads that they need.
struct SegmentWindow {
    /// Those that a playlist names; players that are a little late still get as many older ones.
    static let listed = 6
    static let kept = 2 * listed
    private static let mostBytes = 64 << 20

    private(set) var segments: [MediaSegment] = []
    private(set) var heads: [Int: [UInt8]] = [:]
    /// How many segments with a discontinuity are no longer listed.
    private(set) var pastDiscontinuities = 0
    private(set) var nextNumber = 0
    private var nextHead = 0
    private var isDiscontinuous = false
    private var bytes = 0

    /// Those that a playlist names.
    var newest: ArraySlice<MediaSegment> { segments.suffix(Self.listed) }

    /// What comes now has another head.
    mutating func append(head: [UInt8]) {
        heads[nextHead] = head
        nextHead += 1
        isDiscontinuous = nextNumber > 0
    }

    mutating func append(_ bytes: [UInt8], seconds: Double, wall: Int64) {
        segments.append(
            MediaSegment(
                number: nextNumber, head: nextHead - 1, bytes: bytes, seconds: seconds, wall: wall,
                isDiscontinuous: isDiscontinuous))
        nextNumber += 1
        isDiscontinuous = false
        self.bytes += bytes.count
        if segments.count > Self.listed, segments[segments.count - Self.listed - 1].isDiscontinuous {
            pastDiscontinuities += 1
        }
        while segments.count > Self.kept || self.bytes > Self.mostBytes && segments.count > 1 {
            self.bytes -= segments.removeFirst().bytes.count
        }
        let oldest = segments[0].head
        heads = heads.filter { $0.key >= oldest }
    }

    /// What there is is old.
    mutating func clear() {
        pastDiscontinuities += newest.count { $0.isDiscontinuous }
        segments = []
        bytes = 0
    }
}
