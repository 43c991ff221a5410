package import Pipeline

extension [Observation] {
    /// With the maps of an earlier picture where they belong in a later one.
    ///
    /// - Parameter field: nil: nobody knows; they stay where they are.
    package func moved(by field: MotionField?) -> [Observation] {
        guard let field, !field.isIdentity else { return map { $0.moved(to: $0.heatmap) } }
        return map { map in
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
            return map.moved(to: heatmap)
        }
    }
}

extension Observation {
    /// - Returns: the same of another picture: what the method made is not of that one.
    fileprivate func moved(to heatmap: Heatmap) -> Observation {
        var moved = self
        (moved.heatmap, moved.raw) = (heatmap, nil)
        return moved
    }
}
