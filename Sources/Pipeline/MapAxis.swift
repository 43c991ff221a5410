/// The rule by which a map is stretched over a picture, along one axis: bilinear between half-pixel centres, and constant
/// beyond the outermost ones (as OpenCV's INTER_LINEAR does). Drawing and measuring both follow it.
///
/// Node k of n lies at start + (k + 0.5) * length / n. The samples of an axis fall into runs between two nodes, inside
/// which the value is linear.
package struct MapAxis: Sendable, Equatable {
    /// Neighbouring samples between the same two nodes.
    package struct Run: Sendable, Equatable {
        /// First sample, and how many.
        package var first: Int
        package var count: Int
        /// The nodes on either side; the same one beyond the outermost centres.
        package var low: Int
        package var high: Int
        /// Where the first sample lies from `low` (0) to `high` (1), and how far it is from one sample to the next.
        package var fraction: Double
        package var step: Double
    }

    /// Ascending and without gaps; empty if the map covers no sample.
    package private(set) var runs: [Run] = []

    /// - Parameters:
    ///   - nodes: how many values the map has along this axis.
    ///   - start: where the map begins, and `length`: how far it goes, in pixels of the picture.
    ///   - samples: how many samples there are, the first at `first`, `spacing` pixels from one to the next.
    package init(
        nodes: Int, start: Double, length: Double, samples: Int, first: Double = 0.5, spacing: Double = 1
    ) {
        guard nodes > 0, length > 0, start.isFinite, length.isFinite else { return }
        let nodesPerPixel = Double(nodes) / length
        let step = spacing * nodesPerPixel
        // The samples from `position` on: ceil, so that a sample on the border belongs to what follows it.
        func index(atOrAfter position: Double) -> Int {
            Int(min(max(((position - first) / spacing).rounded(.up), 0), Double(samples)))
        }
        var sample = index(atOrAfter: start)
        let end = index(atOrAfter: start + length)
        while sample < end {
            let node = (first + Double(sample) * spacing - start) * nodesPerPixel - 0.5
            let low = Int(min(max(node.rounded(.down), -1), Double(nodes - 1)))
            // Rounding may find this very sample again: a run has one at least.
            let next = low == nodes - 1 ? end : index(atOrAfter: start + (Double(low) + 1.5) / nodesPerPixel)
            let count = max(min(next, end) - sample, 1)
            let isEdge = low < 0 || low == nodes - 1
            runs.append(
                Run(
                    first: sample, count: count, low: max(low, 0), high: min(low + 1, nodes - 1),
                    fraction: isEdge ? 0 : min(max(node - Double(low), 0), 1), step: isEdge ? 0 : step))
            sample += count
        }
    }
}

extension Heatmap {
    /// How the columns and rows of this map lie in a picture, pixel by pixel.
    package func axes(pictureWidth: Int, pictureHeight: Int) -> (columns: MapAxis, rows: MapAxis) {
        (
            MapAxis(nodes: width, start: region.x, length: region.width, samples: pictureWidth),
            MapAxis(nodes: height, start: region.y, length: region.height, samples: pictureHeight)
        )
    }
}
