import Foundation
import Overlay
import Pipeline
import Serve

/// Small pictures with their heat, about evenly over a recording whose length nobody need know. For one thread.
final class PictureStrip {
    struct Piece {
        let time: Double
        let label: Int32
        let probability: Float
        let jpeg: Data
    }

    /// In order of time, no more than `most`.
    private(set) var pieces: [Piece] = []
    /// The surest picture of each class, of so many classes.
    private(set) var best: [Int32: Piece] = [:]

    private let miniature: Miniature
    private let painter: Painter
    private let jpeg = JPEGEncoder(quality: 80)
    private let scale: (x: Double, y: Double)
    /// Seconds from one picture to the next.
    private var interval: Double

    static let most = 24
    private static let mostClasses = 40
    /// In pixels, of the longer side.
    private static let largest = 240

    /// - Parameters:
    ///   - format: of the recording.
    ///   - seconds: how long it probably is; nil: nobody knows.
    ///   - overlay: how heat is drawn.
    init(_ format: VideoFormat, seconds: Double?, _ overlay: OverlayConfig) throws {
        miniature = try Miniature(format, largest: Self.largest)
        var plain = OverlayConfig()
        (plain.colormap, plain.blend, plain.opacity) = (overlay.colormap, overlay.blend, overlay.opacity)
        (plain.labels, plain.colourBar) = (.none, false)
        painter = try Painter(plain, input: miniature.format)
        scale = (
            Double(miniature.format.width) / Double(format.width),
            Double(miniature.format.height) / Double(format.height)
        )
        interval = max((seconds ?? 0) / Double(Self.most), 0.5)
    }

    func add(_ explained: borrowing Explained, _ seen: SeenFrame) throws {
        let isDue = pieces.last.map { seen.time >= $0.time + interval } ?? true
        // A picture that is hardly surer is not worth its making.
        let isBest =
            seen.isRecognised && seen.drawn >= 0
            && (best[seen.drawn].map { seen.probability > $0.probability + 0.1 } ?? (best.count < Self.mostClasses))
        guard isDue || isBest else { return }
        let piece = Piece(
            time: seen.time, label: seen.isRecognised ? seen.drawn : -1, probability: seen.probability,
            jpeg: try draw(explained))
        if isBest { best[seen.drawn] = piece }
        guard isDue else { return }
        pieces.append(piece)
        if pieces.count > Self.most {
            // Every other one goes, and half as many come.
            pieces = pieces.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            interval *= 2
        }
    }

    private func draw(_ explained: borrowing Explained) throws -> Data {
        let observations = explained.observations.prefix(1).map { observation in
            var small = observation
            small.heatmap = observation.heatmap.scaled(x: scale.x, y: scale.y)
            return small
        }
        let painted = try painter.paint(
            Explained(frame: try miniature.shrink(explained.frame), top: [], observations: Array(observations)))
        return try jpeg.encode(painted) { Data($0) }
    }
}
