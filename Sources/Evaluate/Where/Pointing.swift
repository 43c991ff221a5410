/// The pointing game: whether the hottest pixel lies on the object, or no further from it than a tolerance (Zhang et al. 2018,
/// arXiv:1608.00507, section 4.2, with the tolerance of its code and of TorchRay's `PointingGame`).
package enum Pointing {
    /// In pixels of the picture as the model sees it.
    package static let usualTolerance = 15

    /// - Parameter tolerance: in pixels; 0: on the object itself.
    /// - Returns: 0 or 1; of several pixels that are equally hot, the share that hits; 0 where there is no heat.
    package static func score(_ field: HeatField, boxes: [TrueBox], tolerance: Int) -> Double {
        let areas = boxes.map { $0.pixels(width: field.width, height: field.height) }
        return share(field) { x, y in
            areas.contains { area in
                let (across, down) = (distance(x, area.columns), distance(y, area.rows))
                return across * across + down * down <= tolerance * tolerance
            }
        }
    }

    /// The same with pixels of the object.
    ///
    /// - Parameter mask: of the field's size.
    package static func score(_ field: HeatField, _ mask: TrueMask, tolerance: Int) -> Double {
        precondition(field.width == mask.width && field.height == mask.height)
        let (width, height) = (mask.width, mask.height)
        // How many pixels of the object lie left of each place.
        var sums = [Int32](repeating: 0, count: (width + 1) * height)
        for y in 0..<height {
            for x in 0..<width {
                let isObject = mask.pixels[y * width + x] == .object
                sums[y * (width + 1) + x + 1] = sums[y * (width + 1) + x] + (isObject ? 1 : 0)
            }
        }
        let reaches = (-tolerance...tolerance).map { down in
            (down, Int(Double(tolerance * tolerance - down * down).squareRoot()))
        }
        return share(field) { x, y in
            reaches.contains { down, reach in
                guard (0..<height).contains(y + down) else { return false }
                let row = (y + down) * (width + 1)
                return sums[row + min(x + reach + 1, width)] > sums[row + max(x - reach, 0)]
            }
        }
    }

    private static func distance(_ place: Int, _ range: ClosedRange<Int>) -> Int {
        max(range.lowerBound - place, place - range.upperBound, 0)
    }

    private static func share(_ field: HeatField, _ isHit: (_ x: Int, _ y: Int) -> Bool) -> Double {
        var (hottest, hits) = (0, 0)
        for index in 0..<field.values.count where field.values[index] == 1 {
            hottest += 1
            if isHit(index % field.width, index / field.width) { hits += 1 }
        }
        return hottest > 0 ? Double(hits) / Double(hottest) : 0
    }
}
