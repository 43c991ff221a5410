package import Pipeline

/// The heat of each pixel of a picture: a map that was enlarged, and scaled so that the hottest pixel is 1, as the evaluation of
/// weakly supervised localisation scales it after it has enlarged it (Choe et al. 2020, arXiv:2001.07437).
package struct HeatField: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// Float `[height, width]`, 0...1; all 0 where there is no heat.
    package let values: [Float]

    /// - Parameter values: Float `[height, width]`; what is negative or no number counts as no heat.
    package init(width: Int, height: Int, values: [Float]) {
        precondition(width > 0 && height > 0 && values.count == width * height)
        (self.width, self.height) = (width, height)
        self.values = Self.scaled(values)
    }

    /// - Parameters:
    ///   - map: whose region is in pixels of the picture; what it does not cover has no heat.
    ///   - width: of the picture, in pixels.
    package init(_ map: Heatmap, width: Int, height: Int) {
        var values = [Float](repeating: 0, count: width * height)
        let (columns, rows) = map.axes(pictureWidth: width, pictureHeight: height)
        // Both neighbours of each column, so that the loop below has no branches.
        let first = columns.runs.first?.first ?? 0
        var across: [(low: Int, high: Int, fraction: Float)] = []
        for run in columns.runs {
            for step in 0..<run.count {
                across.append((run.low, run.high, Float(run.fraction + Double(step) * run.step)))
            }
        }
        var heats = [Float](repeating: 0, count: map.width)
        for run in rows.runs {
            for step in 0..<run.count {
                let down = Float(run.fraction + Double(step) * run.step)
                for x in 0..<map.width {
                    let (upper, lower) = (map.values[run.low * map.width + x], map.values[run.high * map.width + x])
                    heats[x] = upper + (lower - upper) * down
                }
                let start = (run.first + step) * width + first
                for x in 0..<across.count {
                    let column = across[x]
                    values[start + x] = heats[column.low] + (heats[column.high] - heats[column.low]) * column.fraction
                }
            }
        }
        self.init(width: width, height: height, values: values)
    }

    /// Whether there is any.
    package var hasHeat: Bool { values.contains { $0 > 0 } }

    /// As 8-bit numbers, rounded down.
    var bytes: [UInt8] { values.map { UInt8($0 * 255) } }

    private static func scaled(_ values: [Float]) -> [Float] {
        let highest = values.reduce(0) { $1.isFinite ? max($0, $1) : $0 }
        guard highest > 0 else { return [Float](repeating: 0, count: values.count) }
        return values.map { $0.isFinite ? max($0, 0) / highest : 0 }
    }
}
