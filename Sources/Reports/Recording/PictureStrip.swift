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
        /// What a detector found in it.
        let groups: [SeenObjects.Group]
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

    /// - Parameter groups: what a detector found in it; nil: the model looks for no things.
    func add(_ explained: borrowing Explained, _ seen: SeenFrame, _ groups: [SeenObjects.Group]? = nil) throws {
        let isDue = pieces.last.map { seen.time >= $0.time + interval } ?? true
        let named =
            groups.map { groups in groups.map { ($0.label, $0.score) } }
            ?? (seen.isRecognised && seen.drawn >= 0 ? [(seen.drawn, seen.probability)] : [])
        // A picture that is hardly surer is not worth its making.
        let surer = named.filter { label, probability in
            best[label].map { probability > $0.probability + 0.1 } ?? (best.count < Self.mostClasses)
        }
        guard isDue || !surer.isEmpty else { return }
        let piece = Piece(
            time: seen.time, label: seen.isRecognised ? seen.drawn : -1, probability: seen.probability,
            jpeg: try painter.draw(explained), groups: groups ?? [])
        for (label, probability) in surer {
            best[label] = Piece(
                time: piece.time, label: label, probability: probability, jpeg: piece.jpeg, groups: piece.groups)
        }
        guard isDue else { return }
        pieces.append(piece)
        if pieces.count > Self.most {
            // Every other one goes, and half as many come.
            pieces = pieces.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            interval *= 2
        }
    }
}
