import Pipeline

/// The live picture of a camera in segments of a second, as the server shows it to players.
package protocol ServedSegments: Sendable {
    /// Somebody wants them: they are made from now on, for a while.
    func ask()
    /// The newest ones, the oldest first.
    var list: SegmentList { get }
    /// The bytes of a segment; nil: there is none of that number, or no longer.
    func segment(_ number: Int) -> [UInt8]?
    /// The bytes that players need before a segment.
    func head(_ number: Int) -> [UInt8]?
}

/// What a playlist tells.
package struct SegmentList: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package let number: Int
        /// The number of the head that it needs.
        package let head: Int
        package let seconds: Double
        package let bytes: Int
        /// When its first picture was taken, in microseconds since 1970.
        package let wall: Int64
        /// Whether its times, or how it is encoded, have nothing to do with the one before.
        package let isDiscontinuous: Bool

        /// Thousands of bits a second.
        fileprivate var rate: Int { Int((Double(bytes) * 8 / 1000 / max(seconds, 0.001)).rounded(.up)) }

        package init(number: Int, head: Int, seconds: Double, bytes: Int, wall: Int64, isDiscontinuous: Bool) {
            (self.number, self.head, self.seconds, self.bytes) = (number, head, seconds, bytes)
            (self.wall, self.isDiscontinuous) = (wall, isDiscontinuous)
        }
    }

    package let entries: [Entry]
    /// How many discontinuities came before them.
    package let pastDiscontinuities: Int
    /// Whole seconds: no segment is longer, rounded.
    package let targetSeconds: Int

    package init(_ entries: [Entry], pastDiscontinuities: Int, targetSeconds: Int) {
        (self.entries, self.pastDiscontinuities) = (entries, pastDiscontinuities)
        self.targetSeconds = targetSeconds
    }

    /// Players begin three segments before the end (RFC 8216, section 6.3.3); Chromium plays nothing where there are fewer.
    var isEnough: Bool { entries.count >= 3 }

    /// RFC 8216, and EXT-X-BITRATE of its second edition.
    ///
    /// - Parameter query: goes to each address in it, such as "&token=…".
    func playlist(query: String = "") -> String {
        var lines = [
            "#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:\(targetSeconds)",
            "#EXT-X-MEDIA-SEQUENCE:\(entries.first?.number ?? 0)",
            "#EXT-X-DISCONTINUITY-SEQUENCE:\(pastDiscontinuities)", "#EXT-X-INDEPENDENT-SEGMENTS",
        ]
        var head: Int?
        for entry in entries {
            if entry.isDiscontinuous { lines.append("#EXT-X-DISCONTINUITY") }
            if entry.head != head {
                head = entry.head
                lines.append("#EXT-X-MAP:URI=\"init.mp4?n=\(entry.head)\(query)\"")
            }
            lines.append("#EXT-X-PROGRAM-DATE-TIME:\(WallClock.iso8601(entry.wall))")
            lines.append("#EXT-X-BITRATE:\(entry.rate)")
            lines.append("#EXTINF:\(fixed(entry.seconds, digits: 5)),")
            lines.append("segment.m4s?n=\(entry.number)\(query)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
