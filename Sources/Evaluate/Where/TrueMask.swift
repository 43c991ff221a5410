/// Which pixels of a picture belong to the object.
package struct TrueMask: Sendable, Equatable {
    package enum Pixel: UInt8, Sendable {
        case background, object
        /// Nobody says which, as at the object's edge.
        case ignored
    }

    package let width: Int
    package let height: Int
    /// `[height, width]`.
    package let pixels: [Pixel]

    package init(width: Int, height: Int, pixels: [Pixel]) {
        precondition(pixels.count == width * height && !pixels.isEmpty)
        (self.width, self.height, self.pixels) = (width, height, pixels)
    }

    /// At another size: of each pixel, what lies in its middle.
    package func resized(width: Int, height: Int) -> TrueMask {
        guard (width, height) != (self.width, self.height) else { return self }
        let columns = (0..<width).map { ($0 * 2 + 1) * self.width / (2 * width) }
        var pixels: [Pixel] = []
        pixels.reserveCapacity(width * height)
        for y in 0..<height {
            let row = (y * 2 + 1) * self.height / (2 * height) * self.width
            for column in columns { pixels.append(self.pixels[row + column]) }
        }
        return TrueMask(width: width, height: height, pixels: pixels)
    }

    /// Around all of the object; nil: there is none.
    package var box: TrueBox? {
        var (x0, y0, x1, y1) = (width, height, -1, -1)
        for y in 0..<height {
            for x in 0..<width where pixels[y * width + x] == .object {
                (x0, y0, x1, y1) = (min(x0, x), min(y0, y), max(x1, x), y)
            }
        }
        return x1 < 0 ? nil : TrueBox(x0: Double(x0), y0: Double(y0), x1: Double(x1 + 1), y1: Double(y1 + 1))
    }
}
