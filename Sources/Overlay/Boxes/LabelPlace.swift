import Pipeline

/// Where a box's label stands: in the picture, and on no other label if there is such a place.
enum LabelPlace {
    /// - Parameters:
    ///   - width, height: of the label, multiples of four.
    ///   - others: the labels that have their places.
    /// - Returns: the label's own box; its corner is on a whole chroma sample, whatever the format.
    static func find(
        width: Int, height: Int, at box: PixelBox, pictureWidth: Int, pictureHeight: Int, avoiding others: [PixelBox]
    ) -> PixelBox {
        let (right, bottom) = (max(pictureWidth - width, 0) / 4 * 4, max(pictureHeight - height, 0) / 4 * 4)
        func place(_ x: Int, _ y: Int) -> PixelBox {
            let left = min(max(x / 4 * 4, 0), right)
            let top = min(max(y, 0), bottom)
            return PixelBox(x0: left, y0: top, x1: left + width, y1: top + height)
        }
        // Multiples of four on the side that is away from the box's lines; the outermost rows leave room for a label between.
        func above(_ y: Int) -> [Int] { y >= 0 ? [y / 4 * 4] : [] }
        func below(_ y: Int) -> [Int] { (y + 3) / 4 * 4 <= bottom ? [(y + 3) / 4 * 4] : [] }
        let rows =
            above(box.y0 - height) + [(max(box.y0, 0) + 3) / 4 * 4] + below(box.y1) + [(box.y1 - height) / 4 * 4]
            + above(box.y0 - 2 * height) + below(box.y1 + height)
        let places = rows.flatMap { [place(box.x0, $0), place(box.x1 - width, $0)] }
        func covered(_ place: PixelBox) -> Int { others.reduce(0) { $0 + $1.shared(with: place) } }
        // The first of those that cover least, and no further than the first that covers nothing.
        var best = (place: places[0], covered: Int.max)
        for place in places where best.covered > 0 {
            let area = covered(place)
            if area < best.covered { best = (place, area) }
        }
        return best.place
    }
}

extension PixelBox {
    /// In pixels, of the part that both have.
    fileprivate func shared(with other: PixelBox) -> Int {
        max(min(x1, other.x1) - max(x0, other.x0), 0) * max(min(y1, other.y1) - max(y0, other.y0), 0)
    }
}
