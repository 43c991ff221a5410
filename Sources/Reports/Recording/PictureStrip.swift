import Foundation
import Overlay
import Pipeline

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

    private let painter: SmallPainter
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
        painter = try SmallPainter(format, largest: Self.largest, quality: 80, overlay)
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
            jpeg: try painter.draw(explained))
        if isBest { best[seen.drawn] = piece }
        guard isDue else { return }
        pieces.append(piece)
        if pieces.count > Self.most {
            // Every other one goes, and half as many come.
            pieces = pieces.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            interval *= 2
        }
    }
}
