package import Pipeline

extension [Observation] {
    /// With the maps of an earlier picture where they belong in a later one.
    ///
    /// - Parameter field: nil: nobody knows; they stay where they are.
    package func moved(by field: MotionField?) -> [Observation] {
        guard let field, !field.isIdentity else { return map { $0.moved(to: $0.heatmap) } }
        return map { map in
            if let region = map.movingRegion {
                return map.moved(with: map.box.map { $0.moved(by: field, over: region) })
            }
            var heatmap = map.heatmap
            heatmap.values = [Float](unsafeUninitializedCapacity: heatmap.values.count) { moved, count in
                map.heatmap.values.withUnsafeBufferPointer { values in
                    field.warp(
                        values, height: heatmap.height, width: heatmap.width,
                        into: UnsafeMutableBufferPointer(rebasing: moved[..<values.count]))
                    count = values.count
                    // Cubic interpolation overshoots.
                    for cell in 0..<count { moved[cell] = Swift.min(1, Swift.max(0, moved[cell])) }
                }
            }
            var moved = map.moved(to: heatmap)
            moved.box = map.box.map { $0.moved(by: field, over: heatmap.region) }
            return moved
        }
    }
}

extension PixelBox {
    /// A box where its middle has gone.
    ///
    /// - Parameter region: of the picture, that the field covers.
    fileprivate func moved(by field: MotionField, over region: Region) -> PixelBox {
        let across = (Double(x0 + x1) / 2 - region.x) / region.width
        let down = (Double(y0 + y1) / 2 - region.y) / region.height
        let column = Swift.min(Swift.max(Int(across * Double(field.columns)), 0), field.columns - 1)
        let row = Swift.min(Swift.max(Int(down * Double(field.rows)), 0), field.rows - 1)
        let cell = row * field.columns + column
        let x = Int((Double(field.dx[cell]) * region.width).rounded())
        let y = Int((Double(field.dy[cell]) * region.height).rounded())
        return PixelBox(x0: x0 + x, y0: y0 + y, x1: x1 + x, y1: y1 + y)
    }
}

extension Observation {
    /// With its box elsewhere, and the map where the box has gone.
    package func moved(with box: PixelBox?) -> Observation {
        guard let box, let before = self.box else { return moved(to: heatmap) }
        let (x, y) = (box.x0 - before.x0, box.y0 - before.y0)
        var heatmap = heatmap
        heatmap.region.x += Double(x)
        heatmap.region.y += Double(y)
        var moved = moved(to: heatmap)
        moved.box = box
        moved.crop = crop.map { PixelBox(x0: $0.x0 + x, y0: $0.y0 + y, x1: $0.x1 + x, y1: $0.y1 + y) }
        return moved
    }

    /// - Returns: the same of another picture: what the method made is not of that one.
    fileprivate func moved(to heatmap: Heatmap) -> Observation {
        var moved = self
        (moved.heatmap, moved.raw) = (heatmap, nil)
        return moved
    }
}
