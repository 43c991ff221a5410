/// Where in a picture the evidence for one class lies: a small map, and the part of the picture that it covers.
package struct Heatmap: Sendable, Equatable {
    /// Rows and columns of the map.
    package let height: Int
    package let width: Int
    /// Float `[height, width]`, row-major, 0 (no evidence) to 1 (full heat; by the scale, that of this map or of others before it).
    package var values: [Float]
    /// The part of the picture that the map covers. A cropped input covers less than the picture, a letterboxed one more.
    package var region: Region
    /// The heat from which on a place counts as hot, and around which a line is drawn; nil: it depends on the hottest place.
    package var level: Float?

    package init(height: Int, width: Int, values: [Float], region: Region) {
        precondition(height > 0 && width > 0 && values.count == height * width)
        self.height = height
        self.width = width
        self.values = values
        self.region = region
    }

    /// The same map of a picture that was made larger or smaller by these factors.
    package func scaled(x: Double, y: Double) -> Heatmap {
        var result = self
        result.region = Region(x: region.x * x, y: region.y * y, width: region.width * x, height: region.height * y)
        return result
    }
}

/// A rectangle in pixels of the input picture; x to the right, y down, (0, 0) the picture's top left corner.
package struct Region: Sendable, Equatable {
    package var x: Double
    package var y: Double
    package var width: Double
    package var height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
}

extension Region {
    package init(_ box: PixelBox) {
        self.init(
            x: Double(box.x0), y: Double(box.y0), width: Double(box.x1 - box.x0), height: Double(box.y1 - box.y0))
    }
}
