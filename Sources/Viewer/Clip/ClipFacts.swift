import Kept
import Overlay
import Pipeline

/// What the page is told of a clip as a whole. `clip.js` hands it over.
struct ClipFacts: Encodable {
    /// Of heats in the picture.
    struct Track: Encodable {
        let method: String
        let title: String
        let layers: [String]
        /// Of the map, in its own places.
        let width: Int
        let height: Int
        /// What the map covers, in pixels of the upright picture: `[x, y, width, height]`.
        let region: [Double]
    }

    struct Style: Encodable {
        let colormap: String
        let blend: String
        let opacity: Double
    }

    /// Of the files beside the page.
    var format = 1
    let name: String
    /// The program that wrote the page, and the one that made the recording.
    let program: String
    let keptBy: String
    let model: String
    let modelSha256: String
    let width: Int
    let height: Int
    let video: String
    let codec: String
    /// Seconds of a unit of time: the first over the second.
    let unit: [Int32]
    let frames: Int
    /// Whether the page that lists it with others is in the folder above.
    let isListed: Bool
    let tracks: [Track]
    /// Of classes, by their numbers.
    let names: [String: String]
    let style: Style
    /// 256 colours each, RRGGBB, by the names that `--colormap` takes.
    let colormaps: [String: String]
    /// Pictures in a file of heat.
    let pieceLength: Int
    /// `ClipTable`, zlib, base64.
    let table: String
    /// `ClipObjects`, likewise; nil: the model finds no things.
    let objects: String?

    static let allColormaps: [String: String] = Dictionary(
        uniqueKeysWithValues: Colormap.allCases.map { ($0.rawValue, digits($0)) })

    private static func digits(_ map: Colormap) -> String {
        map.entries.flatMap { [$0.red, $0.green, $0.blue] }.map { channel in
            let byte = String(UInt8((channel * 255).rounded()), radix: 16)
            return byte.count == 1 ? "0" + byte : byte
        }.joined()
    }
}

extension ClipFacts.Track {
    /// - Parameter track: checked.
    init(_ track: KeptFacts.HeatTrack) {
        let region = Region(x: track.region[0], y: track.region[1], width: track.region[2], height: track.region[3])
        // A region without any place of the grid has no heat, either.
        let map = track.grid.map(covering: region) { _, _ in 0 }
        let covered = map?.region ?? region
        self.init(
            method: track.method, title: track.methodTitle, layers: track.layers, width: map?.width ?? 1,
            height: map?.height ?? 1, region: [covered.x, covered.y, covered.width, covered.height])
    }
}
