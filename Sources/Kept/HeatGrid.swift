package import Pipeline

/// Where the pixels of a heat track lie in the picture.
///
/// The overlay draws a map bilinear between the centres of its nodes (`MapAxis`). Along each axis the track has an odd number of
/// pixels a node, so that each node's centre is that of a pixel: between two pixels the map is linear, and whoever draws the
/// track as the overlay draws a map gets the same heat as from the map itself. The grid covers the picture, and up to a pixel more.
package struct HeatGrid: Codable, Sendable, Equatable {
    /// Of the track, in its own pixels.
    package let width: Int
    package let height: Int
    /// The track's top left corner, and the distance from one of its pixels to the next, in pixels of the upright picture.
    package let x: Double
    package let y: Double
    package let stepX: Double
    package let stepY: Double

    /// The most columns of a track, unless the map itself has more. Players make it as large as the picture, in the same way as
    /// the overlay draws a map, so more columns show nothing more. With so many, heat and records of one class add less than 3 % to a
    /// camera's 5 Mbit/s: without loss, 35 x 21 pixels of a map of 7 x 7 take 240 bytes, 315 x 175 would take 3,800.
    package static let mostColumns = 48

    /// - Parameters:
    ///   - map: the maps that will be drawn are like this one.
    ///   - columns: how many there are at most; more only if the map has more.
    package init(
        of map: Heatmap, pictureWidth: Int, pictureHeight: Int, columns limit: Int = HeatGrid.mostColumns
    ) {
        let region = map.region
        var across = Axis(nodes: map.width, start: region.x, length: region.width, factor: 1, extent: pictureWidth)
        while case let finer = across.finer, finer.count <= limit { across = finer }
        // The pixels are about square, except in a picture that is many times as high as wide.
        var down = Axis(nodes: map.height, start: region.y, length: region.height, factor: 1, extent: pictureHeight)
        while case let finer = down.finer, finer.count <= 4 * limit,
            abs(finer.step - across.step) < abs(down.step - across.step)
        {
            down = finer
        }
        (width, height) = (across.count, down.count)
        (x, y, stepX, stepY) = (across.first, down.first, across.step, down.step)
    }

    /// The map as 8-bit heats, row by row: 0 for no heat, as outside the map, 255 for full heat.
    package func draw(_ map: Heatmap, _ row: (_ y: Int, _ heats: [UInt8]) -> Void) {
        let columns = MapAxis(nodes: map.width, start: map.region.x - x, length: map.region.width, stepX, width)
        let rows = MapAxis(nodes: map.height, start: map.region.y - y, length: map.region.height, stepY, height)
        var (heats, mixed) = ([UInt8](repeating: 0, count: width), [Float](repeating: 0, count: map.width))
        var next = 0
        for run in rows.runs {
            for i in 0..<run.count {
                while next < run.first + i {
                    row(next, [UInt8](repeating: 0, count: width))
                    next += 1
                }
                let down = Float(run.fraction + Double(i) * run.step)
                for x in 0..<map.width {
                    let (low, high) = (map.values[run.low * map.width + x], map.values[run.high * map.width + x])
                    mixed[x] = low + (high - low) * down
                }
                for run in columns.runs {
                    let (low, high) = (mixed[run.low], mixed[run.high])
                    for j in 0..<run.count {
                        let heat = low + (high - low) * Float(run.fraction + Double(j) * run.step)
                        // Written so that NaN becomes 0.
                        heats[run.first + j] = heat > 0 ? UInt8((min(heat, 1) * 255).rounded()) : 0
                    }
                }
                row(next, heats)
                next += 1
            }
        }
        while next < height {
            row(next, [UInt8](repeating: 0, count: width))
            next += 1
        }
    }

    /// The map that a picture of the track stands for: its pixels inside the map's region, as a map of their own.
    ///
    /// - Parameters:
    ///   - region: that the track's maps cover, in pixels of the upright picture.
    ///   - heat: of the pixel in a column and a row, 0...255.
    /// - Returns: nil where no pixel lies in the region.
    package func map(covering region: Region, _ heat: (_ x: Int, _ y: Int) -> UInt8) -> Heatmap? {
        let columns = Self.inside(count: width, start: x, step: stepX, from: region.x, length: region.width)
        let rows = Self.inside(count: height, start: y, step: stepY, from: region.y, length: region.height)
        guard !columns.isEmpty, !rows.isEmpty else { return nil }
        var values: [Float] = []
        values.reserveCapacity(columns.count * rows.count)
        for row in rows { for column in columns { values.append(Float(heat(column, row)) / 255) } }
        return Heatmap(
            height: rows.count, width: columns.count, values: values,
            region: Region(
                x: x + Double(columns.lowerBound) * stepX, y: y + Double(rows.lowerBound) * stepY,
                width: Double(columns.count) * stepX, height: Double(rows.count) * stepY))
    }

    /// The pixels whose centres lie in a stretch.
    private static func inside(
        count: Int, start: Double, step: Double, from: Double, length: Double
    ) -> Range<Int> {
        func first(atOrAfter position: Double) -> Int {
            Int(min(max(((position - start) / step - 0.5).rounded(.up), 0), Double(count)))
        }
        let low = first(atOrAfter: from)
        return low..<max(first(atOrAfter: from + length), low)
    }

    /// The grid along one axis.
    private struct Axis {
        let nodes: Int
        let start: Double
        let length: Double
        /// Odd.
        let factor: Int
        let extent: Int

        var step: Double { length / Double(nodes * factor) }
        var finer: Axis { Axis(nodes: nodes, start: start, length: length, factor: factor + 2, extent: extent) }
        var first: Double { start + Double(range.lowerBound) * step }
        var count: Int { range.count }

        /// Pixels, counted from the map's edge. Where the map goes beyond the picture, so does the track, by half a pixel, so that
        /// there is something to be linear towards.
        private var range: Range<Int> {
            let (total, slack) = (Double(nodes * factor), 1e-6)
            let low = -start / step
            let high = (Double(extent) - start) / step
            let first = start < 0 ? max((low - 0.5).rounded(.down), 0) : (low + slack).rounded(.down)
            let end = high < total ? min((high + 0.5).rounded(.up), total) : (high - slack).rounded(.up)
            return Int(first)..<Int(max(end, first + 1))
        }
    }
}

extension MapAxis {
    /// Samples that lie `spacing` pixels apart, the first one half of that from the edge.
    fileprivate init(nodes: Int, start: Double, length: Double, _ spacing: Double, _ samples: Int) {
        self.init(nodes: nodes, start: start, length: length, samples: samples, first: spacing / 2, spacing: spacing)
    }
}
