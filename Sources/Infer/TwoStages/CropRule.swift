import CFFmpeg
import Pipeline

/// Which part of a picture a classifier is given of a box.
///
/// The box with a margin, wider or higher as far as it takes to have the shape of the classifier's input: what is long would be
/// distorted else, or its ends cut off. At the border of the picture it is clipped, so that nothing is made up; there the shape may
/// differ.
struct CropRule {
    /// Of the box's width and height, on each side.
    var margin: Double
    /// Where crops lie: the picture, or the part of it that is looked at.
    private let bounds: PixelBox
    /// Width to height of what is to be filled, in pixels of the picture.
    private let aspect: Double
    private let layout: PixelLayout

    /// In pixels, of a side: smaller things are shown with more of what is around them.
    static let leastSide = 16

    /// - Parameters:
    ///   - bounds: in pictures of the format.
    ///   - input: of the classifier.
    init(margin: Double, within bounds: PixelBox, _ format: VideoFormat, _ layout: PixelLayout, input: ModelInput) {
        (self.margin, self.bounds, self.layout) = (margin, bounds, layout)
        let pixel = format.sampleAspectRatio
        let pixelAspect = pixel.num > 0 && pixel.den > 0 ? Double(pixel.num) / Double(pixel.den) : 1
        aspect = Double(input.width) / Double(input.height) / pixelAspect
    }

    /// - Parameter box: in pixels of the picture.
    /// - Returns: with its corner where chroma has a sample.
    func crop(of box: PixelBox) -> PixelBox {
        let share = 1 + 2 * margin
        let (width, height) = (Double(box.x1 - box.x0) * share, Double(box.y1 - box.y0) * share)
        let across = Self.side(
            (box.x0, box.x1), max(width, height * aspect), within: (bounds.x0, bounds.x1),
            step: 1 << layout.log2ChromaWidth)
        let down = Self.side(
            (box.y0, box.y1), max(height, width / aspect), within: (bounds.y0, bounds.y1),
            step: 1 << layout.log2ChromaHeight)
        return PixelBox(x0: across.start, y0: down.start, x1: across.end, y1: down.end)
    }

    /// One side of the crop, clipped; one that would be too short then is moved.
    private static func side(
        _ box: (start: Int, end: Int), _ wanted: Double, within bounds: (start: Int, end: Int), step: Int
    ) -> (start: Int, end: Int) {
        let length = max(wanted, Double(leastSide))
        let middle = Double(box.start + box.end) / 2
        var start = max(Int((middle - length / 2).rounded(.down)), bounds.start)
        var end = min(Int((middle + length / 2).rounded(.up)), bounds.end)
        if end - start < leastSide {
            start = max(min(start, bounds.end - leastSide), bounds.start)
            end = min(start + leastSide, bounds.end)
        }
        return (start / step * step, end)
    }
}
