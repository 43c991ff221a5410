import Foundation

extension KeptFacts {
    /// What a file has in the place of a stream that the facts name.
    package enum Stream: Equatable, Sendable {
        /// Size in pixels, as it is stored.
        case pictures(width: Int, height: Int)
        case text
        case other
    }

    /// Reads the facts of a file that anybody may have made, so nothing in them is taken as given.
    ///
    /// - Parameters:
    ///   - tags: of the file.
    ///   - streams: all of the file's.
    package init(hostile tags: [String: String], streams: [Stream]) throws(KeptFault) {
        self = try Self.read(tags)
        try checkNumbers()
        try checkStreams(streams)
    }

    private static func read(_ found: [String: String]) throws(KeptFault) -> KeptFacts {
        let lines = tags.compactMap { tag in
            found.first { $0.key.caseInsensitiveCompare(tag) == .orderedSame }?.value
        }
        guard let line = lines.first(where: isLine) else { throw .notKept }
        // Before all else: what follows may have changed.
        struct Format: Decodable { var format: Int }
        let format = try? JSONDecoder().decode([String: Format].self, from: Data(line.utf8))[key]?.format
        if let format, format > newestFormat { throw .newerFormat(format) }
        guard let facts = KeptFacts(line: line) else { throw .unreadable }
        return facts
    }

    /// Whether a tag holds facts, whatever else may be wrong with them.
    package static func isLine(_ tag: String) -> Bool { tag.hasPrefix("{\"\(key)\":") }

    private static let key = "camstream_kept"
    /// Pixels of a picture's side, and of a track's.
    private static let sides = 1...65536
    private static let trackSides = 1...16384
    private static let mostTrackPixels = 2048 * 2048
    /// A comparison shows no more methods, and a grid fewer classes.
    private static let mostTracks = 6
    /// Pixels: what is farther away is no place in a picture.
    private static let farthest = 1e6
    /// Pixels of the picture from one of a track's to the next.
    private static let steps = 1e-3...1e6

    private func checkNumbers() throws(KeptFault) {
        func check(_ isPossible: Bool, _ key: String) throws(KeptFault) {
            if !isPossible { throw .impossible(key: key) }
        }
        try check(format >= 1, "format")
        try check(Self.sides.contains(width) && Self.sides.contains(height), "size")
        try check((1...Self.mostTracks).contains(heat.count), "number of tracks")
        // Written so that what is not a number is not possible.
        try check(level.map { $0 > 0 && $0 < 1 } ?? true, "level")
        for track in heat {
            let grid = track.grid
            try check(Self.trackSides.contains(grid.width) && Self.trackSides.contains(grid.height), "grid")
            try check(grid.width * grid.height <= Self.mostTrackPixels, "grid")
            // Written so that what is not a number is not possible, either.
            try check(Self.steps.contains(grid.stepX) && Self.steps.contains(grid.stepY), "grid")
            try check(max(grid.x.magnitude, grid.y.magnitude) <= Self.farthest, "grid")
            try check(track.region.count == 4, "region")
            try check(track.region.allSatisfy { $0.magnitude <= Self.farthest }, "region")
            try check(track.region[2] > 0 && track.region[3] > 0, "region")
        }
    }

    private func checkStreams(_ streams: [Stream]) throws(KeptFault) {
        func stream(_ number: Int) -> Stream { streams.indices.contains(number) ? streams[number] : .other }
        let numbers = [video, labels, records] + heat.map(\.stream)
        guard Set(numbers).count == numbers.count else { throw .impossible(key: "number of a stream") }
        guard case .pictures = stream(video) else { throw .missing(track: "video", stream: video) }
        for (name, number) in [("label track", labels), ("records", records)] where stream(number) != .text {
            throw .missing(track: name, stream: number)
        }
        for (number, track) in heat.enumerated() {
            let name = heat.count > 1 ? "heat track \(number + 1)" : "heat track"
            guard case .pictures(let width, let height) = stream(track.stream) else {
                throw .missing(track: name, stream: track.stream)
            }
            guard (width, height) == (track.grid.width, track.grid.height) else {
                throw .otherSize(
                    track: name, said: "\(track.grid.width)x\(track.grid.height)", found: "\(width)x\(height)")
            }
        }
    }
}
