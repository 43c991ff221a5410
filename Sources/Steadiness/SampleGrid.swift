package import Pipeline

/// Places all over a picture at which maps are compared: finer than the maps, so that motion by parts of a cell counts.
package struct SampleGrid: Sendable, Equatable {
    package let points: [SIMD2<Double>]
    private let size: SIMD2<Double>

    package init(pictureWidth: Int, pictureHeight: Int, columns: Int = 48) {
        size = SIMD2(Double(pictureWidth), Double(pictureHeight))
        let rows = max(1, Int((Double(columns) * size.y / size.x).rounded()))
        let size = size
        points = (0..<rows).flatMap { row in
            (0..<columns).map { column in
                size * SIMD2((Double(column) + 0.5) / Double(columns), (Double(row) + 0.5) / Double(rows))
            }
        }
    }

    /// The mean of |M(p) - E(origin of p)| over the places that were to be seen before: E is the earlier map, M the later
    /// one. Without motion this is flicker; with it the warping error of Lai et al. 2018, "Learning blind video temporal
    /// consistency", arXiv:1808.00449, section 4.2, with true motion in place of optical flow and |.| in place of its
    /// square.
    ///
    /// - Returns: 0...1; nil where no place can be compared.
    package func change(from earlier: Heatmap, to later: Heatmap, _ motion: Motion = .still) -> Double? {
        var (sum, count) = (0.0, 0)
        for point in points {
            guard let origin = motion.origin(of: point), origin.x >= 0, origin.y >= 0, origin.x < size.x,
                origin.y < size.y, let before = earlier.heat(at: origin), let now = later.heat(at: point)
            else { continue }
            sum += Double(abs(now - before))
            count += 1
        }
        return count > 0 ? sum / Double(count) : nil
    }

    /// The change from each map to the next.
    ///
    /// - Parameter motions: of each picture from the one before, as many as maps; nil: no measure there, as at a cut.
    package func changes(_ maps: [Heatmap], _ motions: [Motion?]) -> [Double?] {
        precondition(maps.count == motions.count)
        return maps.indices.dropFirst().map { index in
            motions[index].flatMap { change(from: maps[index - 1], to: maps[index], $0) }
        }
    }
}
