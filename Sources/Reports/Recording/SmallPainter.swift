import Foundation
import Overlay
import Pipeline
import Serve

/// Draws small pictures with their heat, without words. For one thread.
final class SmallPainter {
    private let miniature: Miniature
    private let painter: Painter
    private let jpeg: JPEGEncoder
    private let scale: (x: Double, y: Double)

    /// - Parameters:
    ///   - format: of the pictures that will come.
    ///   - largest: pixels of the longer side at most.
    ///   - overlay: how heat is drawn.
    init(_ format: VideoFormat, largest: Int, quality: Int, _ overlay: OverlayConfig) throws {
        miniature = try Miniature(format, largest: largest)
        var plain = OverlayConfig()
        (plain.colormap, plain.blend, plain.opacity) = (overlay.colormap, overlay.blend, overlay.opacity)
        (plain.labels, plain.colourBar) = (.none, false)
        painter = try Painter(plain, input: miniature.format)
        jpeg = JPEGEncoder(quality: quality)
        scale = (
            Double(miniature.format.width) / Double(format.width),
            Double(miniature.format.height) / Double(format.height)
        )
    }

    /// - Returns: a JPEG file.
    func draw(_ explained: borrowing Explained) throws -> Data {
        // Of several things, the heat of all; their boxes would be more line than picture.
        let heat = (explained.heat ?? explained.observations.first?.heatmap)?.scaled(x: scale.x, y: scale.y)
        let painted = try painter.paint(
            Explained(frame: try miniature.shrink(explained.frame), top: [], observations: [], heat: heat))
        return try jpeg.encode(painted) { Data($0) }
    }
}
