import Pipeline

/// Maps of a picture of 160x120 pixels, 8x6 cells of 20 pixels.
enum Maps {
    static let (width, height) = (160, 120)

    static func map(_ heat: (_ column: Int, _ row: Int) -> Float) -> Heatmap {
        Heatmap(
            height: 6, width: 8, values: (0..<48).map { heat($0 % 8, $0 / 8) },
            region: Region(x: 0, y: 0, width: 160, height: 120))
    }

    /// A round blob that fades out.
    static func blob(atX x: Float, y: Float) -> Heatmap {
        map { column, row in
            let (dx, dy) = (Float(column) * 20 + 10 - x, Float(row) * 20 + 10 - y)
            return max(0, 1 - (dx * dx + dy * dy).squareRoot() / 60)
        }
    }

    static func constant(_ heat: Float) -> Heatmap { map { _, _ in heat } }

    /// An exponential filter.
    ///
    /// - Parameter past: weight of the map before.
    static func smoothed(_ maps: [Heatmap], past: Float) -> [Heatmap] {
        var state = maps[0]
        return maps.map { map in
            for cell in state.values.indices {
                state.values[cell] = map.values[cell] + past * (state.values[cell] - map.values[cell])
            }
            return state
        }
    }
}
