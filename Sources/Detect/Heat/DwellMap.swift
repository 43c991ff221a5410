import Glibc
package import Pipeline

/// Where objects were over the last minutes.
///
/// Each cell of a grid over the picture counts the seconds that boxes covered it, as far as they did; what was long ago is
/// forgotten exponentially. It is integrated over the time between two pictures, so their rate does not matter.
package struct DwellMap: Sendable {
    /// After so many seconds 1/e is left of what was counted; infinite: nothing is forgotten.
    package var timeConstant: Double

    private let grid: PictureGrid
    private var seconds: [Float]
    private var time: Double?

    /// A gap between two pictures counts as no more than so many seconds: nobody knows where objects were.
    private static let longestGap = 2.0
    /// The map is scaled by its maximum, or by so many seconds where that is more: the first moment of an object is not as hot as
    /// minutes, and what everybody left long ago fades.
    private static let leastScale: Float = 1

    package init(pictureWidth: Int, pictureHeight: Int, timeConstant: Double = 120) {
        grid = PictureGrid(pictureWidth: pictureWidth, pictureHeight: pictureHeight)
        seconds = Array(repeating: 0, count: grid.cells)
        self.timeConstant = timeConstant
    }

    /// Counts the time since the picture before.
    ///
    /// - Parameters:
    ///   - boxes: in pixels of the picture.
    ///   - now: the picture's time; where it is before the last one's, the time goes on from here.
    package mutating func add(_ boxes: [Region], at now: Double) {
        let elapsed = time.map { max(now - $0, 0) } ?? 0
        time = now
        guard elapsed > 0 else { return }
        let kept = timeConstant.isFinite ? Float(exp(-elapsed / timeConstant)) : 1
        for cell in seconds.indices { seconds[cell] *= kept }
        // What each moment of the gap leaves at its end.
        let gap = min(elapsed, Self.longestGap)
        let counted = Float(timeConstant.isFinite ? -expm1(-gap / timeConstant) * timeConstant : gap)
        for box in boxes where box.isBox {
            let columns = Coverage(
                from: box.x / grid.cellWidth, to: (box.x + box.width) / grid.cellWidth, count: grid.columns)
            let rows = Coverage(
                from: box.y / grid.cellHeight, to: (box.y + box.height) / grid.cellHeight, count: grid.rows)
            for row in rows.cells {
                let share = Float(rows.share(of: row)) * counted
                for column in columns.cells {
                    seconds[row * grid.columns + column] += share * Float(columns.share(of: column))
                }
            }
        }
    }

    /// Begins anew.
    package mutating func forget() {
        for cell in seconds.indices { seconds[cell] = 0 }
        time = nil
    }

    /// 1 is where objects were longest.
    package var heatmap: Heatmap {
        let scale = max(seconds.max() ?? 0, Self.leastScale)
        return grid.heatmap(seconds.map { $0 / scale })
    }
}
