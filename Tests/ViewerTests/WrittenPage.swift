import CZlib
import Foundation

@testable import Viewer

/// A page's files, read as its own script reads them.
struct WrittenPage {
    struct Facts: Decodable {
        struct Track: Decodable {
            let width: Int
            let height: Int
            let region: [Double]
        }
        struct Style: Decodable {
            let colormap: String
            let opacity: Double
        }
        let name: String
        let video: String
        let codec: String
        let unit: [Double]
        let frames: Int
        let tracks: [Track]
        let names: [String: String]
        let style: Style
        let colormaps: [String: String]
        let pieceLength: Int
        let table: String
    }

    let folder: String
    let facts: Facts
    /// Seconds.
    private(set) var times: [Double] = []
    private(set) var numbers: [Int] = []
    private(set) var flags: [Int] = []
    private(set) var hot: [Int] = []
    /// Of the first heat track.
    private(set) var classes: [Int] = []
    private(set) var probabilities: [Int] = []

    init(_ folder: String) throws {
        self.folder = folder
        let text = try Self.argument("clip.js", of: "camstreamClip", in: folder)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        facts = try decoder.decode(Facts.self, from: Data(text.utf8))
        let (n, tracks) = (facts.frames, facts.tracks.count)
        let bytes = try Self.inflated(facts.table, count: n * (12 + 6 * (tracks + 5) + 4))
        func column<Number: FixedWidthInteger>(_ start: Int, _ kind: Number.Type) -> [Int] {
            (0..<n).map { row in
                bytes.withUnsafeBytes {
                    let place = start + row * kind.bitWidth / 8
                    return Int(Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: kind)))
                }
            }
        }
        var ticks = 0
        for step in column(0, UInt32.self) {
            ticks += step
            times.append(Double(ticks) * facts.unit[0] / facts.unit[1])
        }
        numbers = column(4 * n, Int32.self)
        classes = column(12 * n, Int32.self)
        let shorts = n * (12 + 4 * (tracks + 5))
        flags = column(shorts, UInt16.self)
        hot = column(shorts + 2 * n, UInt16.self)
        probabilities = column(shorts + 4 * n, UInt16.self)
    }

    /// The heat of a track in each picture.
    func heats(track: Int) throws -> [[UInt8]] {
        let sizes = facts.tracks.map { $0.width * $0.height }
        var all: [[UInt8]] = []
        for number in 0... {
            let count = min(facts.pieceLength, facts.frames - number * facts.pieceLength)
            guard count > 0 else { return all }
            let text = try Self.argument("heat-\(number).js", of: "camstreamHeat", in: folder)
            let parts = text.split(separator: ",")
            guard parts[0] == "\(number)" else { throw Wrong() }
            let bytes = try Self.inflated(String(parts[1].dropFirst().dropLast()), count: count * sizes.reduce(0, +))
            let start = count * sizes[..<track].reduce(0, +)
            var before = [UInt8](repeating: 0, count: sizes[track])
            for picture in 0..<count {
                let place = start + picture * sizes[track]
                let steps = bytes[place..<place + sizes[track]]
                before = zip(before, steps).map { $0 &+ $1 }
                all.append(before)
            }
        }
        return all
    }

    struct Wrong: Error {}

    private static func argument(_ file: String, of function: String, in folder: String) throws -> String {
        let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
        guard text.hasPrefix(function + "("), text.hasSuffix(")\n") else { throw Wrong() }
        return String(text.dropFirst(function.count + 1).dropLast(2))
    }

    private static func inflated(_ text: String, count: Int) throws -> [UInt8] {
        guard let packed = Data(base64Encoded: text) else { throw Wrong() }
        var (bytes, size) = ([UInt8](repeating: 0, count: count), uLong(count))
        guard uncompress(&bytes, &size, Array(packed), uLong(packed.count)) == Z_OK, size == count else {
            throw Wrong()
        }
        return bytes
    }
}
