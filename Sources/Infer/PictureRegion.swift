import Foundation
import Pipeline

/// The part of each picture that the model looks at.
package struct PictureRegion: Sendable, Hashable {
    package let x: Double
    package let y: Double
    package let width: Double
    package let height: Double

    package static let form = "x,y,width,height, in shares of the picture (none above 1) or in pixels"

    /// - Parameter text: such as "0.5,0,0.5,1" or "320,0,320,480".
    package init?(_ text: String) {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
            Double($0.trimmingCharacters(in: .whitespaces))
        }
        guard numbers.count == 4, let x = numbers[0], let y = numbers[1], let width = numbers[2],
            let height = numbers[3], x >= 0, y >= 0, width > 0, height > 0,
            [x, y, width, height].allSatisfy({ $0 <= 1e6 })
        else { return nil }
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
        if isOfShares, x + width > 1 + 1e-9 || y + height > 1 + 1e-9 { return nil }
    }

    private var isOfShares: Bool { x <= 1 && y <= 1 && width <= 1 && height <= 1 }

    /// As settings write it.
    package var text: String { "\(x),\(y),\(width),\(height)" }

    /// Pixels of a side that a region must have.
    private static let leastSide = 8

    /// In pixels of a picture, its corner where chroma has a sample.
    ///
    /// - Throws: `.regionOutside`.
    func box(in format: VideoFormat) throws(InferError) -> PixelBox {
        guard let layout = PixelLayout(format.pixelFormat) else {
            throw .regionOutside(text, picture: "of that format")
        }
        let scale = isOfShares ? (x: Double(format.width), y: Double(format.height)) : (x: 1, y: 1)
        let (left, top) = (Int((x * scale.x).rounded()), Int((y * scale.y).rounded()))
        let box = PixelBox(
            x0: left & ~((1 << layout.log2ChromaWidth) - 1), y0: top & ~((1 << layout.log2ChromaHeight) - 1),
            x1: Int(((x + width) * scale.x).rounded()), y1: Int(((y + height) * scale.y).rounded()))
        guard box.x1 <= format.width, box.y1 <= format.height, box.x1 - box.x0 >= Self.leastSide,
            box.y1 - box.y0 >= Self.leastSide
        else { throw .regionOutside(text, picture: "\(format.width)x\(format.height)") }
        return box
    }
}

extension PictureRegion: Decodable {
    package init(from decoder: any Decoder) throws {
        self = try decoder.setting(allowed: Self.form) { PictureRegion($0) }
    }
}
