import CFFmpeg
package import Foundation
import Kept
import Overlay
import Pipeline
package import TestSupport

/// A kept recording's facts and records, and what is drawn of them.
package struct KeptTarget: FuzzTarget {
    package static let name = "kept"

    private static let record =
        #"{"frame":7,"top":[[3,0.5],[4,0.25]],"heat":[[3,0.5,0.45]],"versus":[4,0.2],"age":0.04,"hot":0.1,"switches":2,"#
        + #""labels":{"3":"cat","4":"dog"}}"#
    private static let (width, height) = (64, 48)

    private let mutator: TextMutator
    private let painter: Painter
    private let pool: FramePool
    private var facts = 0
    private var pictures = 0

    package init(_ corpus: [Data]) throws {
        let map = Heatmap(
            height: 7, width: 7, values: Array(repeating: 0, count: 49),
            region: Region(x: 8, y: 0, width: 48, height: 48))
        let kept = KeptFacts(
            camstream: "0.1.0", model: .init(name: "m", sha256: "00", card: "m.yaml"), width: Self.width,
            height: Self.height, video: 0, labels: 2, records: 3,
            heat: [
                .init(
                    stream: 1, method: "cam", methodTitle: "CAM", layers: ["l"], region: map.region,
                    grid: HeatGrid(of: map, pictureWidth: Self.width, pictureHeight: Self.height))
            ], settings: ["overlay.colormap": .text("jet"), "overlay.opacity": .number(0.5)])
        mutator = TextMutator(
            seeds: corpus + [Data(kept.line.utf8), Data(Self.record.utf8)],
            words: [
                "\"grid\":", "\"region\":[", "\"step_x\":", "\"heat\":[", "\"top\":[", "null", "1e300", "-1e300", "[[",
                "{",
            ])
        let format = VideoFormat(
            width: Self.width, height: Self.height, pixelFormat: AV_PIX_FMT_YUV420P, colour: ColourTags(),
            timeBase: AVRational(num: 1, den: 25))
        painter = try Painter(OverlayConfig(), input: format)
        pool = try FramePool(format)
    }

    package var depth: String { "\(facts) facts, \(pictures) pictures" }
    package func input(_ noise: inout Noise) -> Data { mutator.next(&noise) }

    package mutating func take(_ bytes: Data, _ noise: inout Noise) {
        takeFacts(bytes)
        let whole = Region(x: 0, y: 0, width: Double(Self.width), height: Double(Self.height))
        let map = Heatmap(height: 1, width: 2, values: [0, 1], region: whole)
        for isTimedText in [false, true] {
            guard let record = KeptRecord(packet: bytes, isTimedText: isTimedText) else { continue }
            Defect.unless(record.names.count <= bytes.count, "\(record.names.count) names from \(bytes.count) bytes")
            paint(record, map)
        }
    }

    private mutating func takeFacts(_ bytes: Data) {
        do {
            // As large as the facts say, so that what they say of it is looked at.
            let size = KeptFacts(line: bytes.asText)?.heat.first?.grid
            let streams: [KeptFacts.Stream] = [
                .pictures(width: Self.width, height: Self.height),
                .pictures(width: size?.width ?? 1, height: size?.height ?? 1), .text, .text,
            ]
            let kept = try KeptFacts(hostile: ["CAMSTREAM": bytes.asText], streams: streams)
            facts += 1
            for track in kept.heat {
                let region = Region(
                    x: track.region[0], y: track.region[1], width: track.region[2], height: track.region[3])
                let map = track.grid.map(covering: region) { x, y in UInt8(truncatingIfNeeded: x + y) }
                guard let map, let record = KeptRecord(line: Self.record) else { continue }
                Defect.unless(map.values.count <= track.grid.width * track.grid.height, "more heat than pixels")
                paint(record, map)
            }
        } catch {
            Defect.unlessOneLine(error)
        }
    }

    private mutating func paint(_ record: KeptRecord, _ map: Heatmap) {
        do {
            let frame = try pool.frame(index: 0, pts: 0, duration: 1, timeBase: AVRational(num: 1, den: 25))
            for plane in 0..<3 {
                let rows = plane == 0 ? Self.height : Self.height / 2
                shim_plane(frame.av, Int32(plane))?.update(
                    repeating: 128, count: rows * Int(shim_bytes_per_row(frame.av, Int32(plane))))
            }
            let names = Dictionary(record.names.map { ($0.id, $0.name) }) { first, _ in first }
            let explained = record.explained(
                frame, names: names, maps: [map], methods: [MapMethod(name: "cam", title: "CAM")])
            _ = try painter.paint(explained)
            pictures += 1
        } catch {
            Defect.unlessOneLine(error)
        }
    }
}
