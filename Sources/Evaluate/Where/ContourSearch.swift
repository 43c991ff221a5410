import CContour
import Pipeline

/// Finds the contours of what is hotter than a level, as OpenCV finds them (`ccontour_find`).
struct ContourSearch {
    struct Contour {
        let box: PixelBox
        /// Twice the area that it encloses: a whole number.
        let twiceArea: Int
    }

    private let width: Int
    private let height: Int
    private let bytes: [UInt8]
    private var marks: [Int8]
    private var found: [ccontour]

    /// - Parameter bytes: `[height, width]`.
    init(_ bytes: [UInt8], width: Int, height: Int) {
        precondition(bytes.count == width * height)
        (self.width, self.height, self.bytes) = (width, height, bytes)
        marks = [Int8](repeating: 0, count: (width + 2) * (height + 2))
        // Of parts and of holes no more than one in a square of four pixels begins.
        found = [ccontour](repeating: ccontour(), count: (width + 1) * (height + 1) / 2 + 2)
    }

    /// - Parameters:
    ///   - level: what is above it is hot.
    ///   - take: gets the contours in reading order of where each is met first.
    mutating func callAsFunction(above level: UInt8, _ take: (Contour) -> Void) {
        let count = ccontour_find(
            bytes, Int32(width), Int32(height), level, &marks, &found, Int32(found.count))
        found.withUnsafeBufferPointer { found in
            for contour in found.prefix(Int(count)) {
                let box = PixelBox(
                    x0: Int(contour.x0), y0: Int(contour.y0), x1: Int(contour.x1), y1: Int(contour.y1))
                take(Contour(box: box, twiceArea: Int(contour.twice_area)))
            }
        }
    }
}
