import Encode
import Foundation
import Pipeline

/// The heat of a clip in files of some ten seconds, which the page loads as it comes to them. Each is a script that hands over
/// its bytes, so that a page works from a disk as well, where browsers load nothing else.
///
/// A piece is compressed with zlib (RFC 1950): track by track, picture by picture, a byte a place, each less the same place's in the
/// picture before.
final class HeatPieces {
    /// Pictures in a piece; the last one may have fewer.
    let length: Int

    private let folder: String
    /// Places of each track's map.
    private let sizes: [Int]
    /// Of the piece that is being filled, a track each.
    private var waiting: [[UInt8]]
    private var before: [[UInt8]]
    private var held = 0
    private var count = 0

    /// Bytes of a piece before it is compressed, about.
    private static let pieceSize = 1 << 20

    /// - Parameter maps: the size of each track's maps.
    init(in folder: String, maps: [(width: Int, height: Int)]) {
        self.folder = folder
        sizes = maps.map { $0.width * $0.height }
        length = max(1, Self.pieceSize / max(sizes.reduce(0, +), 1))
        waiting = sizes.map { _ in [] }
        before = sizes.map { Array(repeating: 0, count: $0) }
    }

    /// Adds the next picture's maps; nil: no heat.
    func add(_ maps: [Heatmap?]) throws(EncodeError) {
        for (track, map) in maps.enumerated() {
            let size = sizes[track]
            var heats = [UInt8](repeating: 0, count: size)
            if let map, map.values.count == size {
                for place in 0..<size { heats[place] = UInt8((map.values[place] * 255).rounded()) }
            }
            let old = before[track]
            waiting[track].append(
                contentsOf: [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
                    for place in 0..<size { bytes[place] = heats[place] &- old[place] }
                    count = size
                })
            before[track] = heats
        }
        held += 1
        if held == length { try finish() }
    }

    /// Writes what is left.
    func finish() throws(EncodeError) {
        guard held > 0 else { return }
        let text = Data(zlibCompressed(waiting.flatMap { $0 })).base64EncodedString()
        try ViewFile.write("camstreamHeat(\(count),\"\(text)\")\n", to: "\(folder)/heat-\(count).js")
        waiting = sizes.map { _ in [] }
        before = sizes.map { Array(repeating: 0, count: $0) }
        (held, count) = (0, count + 1)
    }
}
