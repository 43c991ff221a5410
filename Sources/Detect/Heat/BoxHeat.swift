package import Pipeline

/// The heat of a picture with several boxes.
package enum BoxHeat {
    /// How the boxes' maps become one.
    package enum Join: Sendable {
        /// The hottest of the maps at each place.
        case highest
        /// What the maps are together, at most 1.
        case sum
        /// The hottest of the maps at each place, each inside its own box alone; its edge is soft.
        case inside
    }

    /// A box, and what speaks for it.
    package struct Part: Sendable {
        package let map: Heatmap
        /// In pixels of the picture.
        package let box: Region
        /// Where the map ends within the picture, in its pixels; nil: it is of all that there is.
        package let crop: Region?
        /// The map is scaled by it, so that a box of 0.3 is fainter than one of 0.9.
        package let score: Float

        package init(map: Heatmap, box: Region, crop: Region? = nil, score: Float) {
            self.map = map
            self.box = box
            self.crop = crop
            self.score = score
        }
    }

    /// One map over the picture, 0...1.
    package static func join(_ parts: [Part], _ join: Join, pictureWidth: Int, pictureHeight: Int) -> Heatmap {
        let grid = PictureGrid(pictureWidth: pictureWidth, pictureHeight: pictureHeight)
        var heat = [Float](repeating: 0, count: grid.cells)
        for part in parts {
            let (across, down) = join == .inside ? edges(of: part.box, grid) : ([], [])
            let left = part.crop.map { remainder(within: $0, grid) }
            forEachCell(of: part.map, grid) { column, row, value in
                let cell = row * grid.columns + column
                let share = left.map { $0.columns[column] * $0.rows[row] } ?? 1
                let value = min(max(value, 0), 1) * part.score * share
                switch join {
                case .highest: heat[cell] = max(heat[cell], value)
                case .sum: heat[cell] = min(heat[cell] + value, 1)
                case .inside: heat[cell] = max(heat[cell], value * across[column] * down[row])
                }
            }
        }
        return grid.heatmap(heat)
    }

    /// A map's value at the middle of each cell that it covers, by the rule by which maps are drawn.
    private static func forEachCell(
        of map: Heatmap, _ grid: PictureGrid, _ body: (_ column: Int, _ row: Int, Float) -> Void
    ) {
        func axis(_ nodes: Int, _ start: Double, _ length: Double, _ samples: Int, _ cell: Double) -> MapAxis {
            MapAxis(nodes: nodes, start: start, length: length, samples: samples, first: cell / 2, spacing: cell)
        }
        let columns = axis(map.width, map.region.x, map.region.width, grid.columns, grid.cellWidth)
        let rows = axis(map.height, map.region.y, map.region.height, grid.rows, grid.cellHeight)
        var line = [Float](repeating: 0, count: map.width)
        for run in rows.runs {
            for i in 0..<run.count {
                let down = Float(run.fraction + Double(i) * run.step)
                for x in 0..<map.width {
                    let low = map.values[run.low * map.width + x]
                    line[x] = low + (map.values[run.high * map.width + x] - low) * down
                }
                for column in columns.runs {
                    for j in 0..<column.count {
                        let across = Float(column.fraction + Double(j) * column.step)
                        let low = line[column.low]
                        body(column.first + j, run.first + i, low + (line[column.high] - low) * across)
                    }
                }
            }
        }
    }

    /// How much of the heat a box lets through in each column and row: all inside, and less and less over its soft edge, which
    /// lies outside, a tenth of its shorter side wide and no less than a cell.
    private static func edges(of box: Region, _ grid: PictureGrid) -> (columns: [Float], rows: [Float]) {
        func along(_ count: Int, _ cell: Double, _ start: Double, _ length: Double) -> [Float] {
            let edge = max(min(box.width, box.height) / 10, cell)
            return (0..<count).map { index in
                let centre = (Double(index) + 0.5) * cell
                let outside = max(start - centre, centre - start - length, 0)
                return Float(max(1 - outside / edge, 0))
            }
        }
        return (
            along(grid.columns, grid.cellWidth, box.x, box.width), along(grid.rows, grid.cellHeight, box.y, box.height)
        )
    }

    /// How much of the heat of a crop counts in each column and row: nothing outside, and less and less over the last tenth of its
    /// shorter side, but where the picture ends with it. Else heat would end in lines that are nothing in the picture.
    private static func remainder(within crop: Region, _ grid: PictureGrid) -> (columns: [Float], rows: [Float]) {
        func along(_ count: Int, _ cell: Double, _ start: Double, _ length: Double) -> [Float] {
            let edge = max(min(crop.width, crop.height) / 10, cell)
            let end = start + length
            return (0..<count).map { index in
                let centre = (Double(index) + 0.5) * cell
                guard centre > start, centre < end else { return 0 }
                let before = start > 0 ? (centre - start) / edge : 1
                let behind = end < Double(count) * cell ? (end - centre) / edge : 1
                return Float(min(before, behind, 1))
            }
        }
        return (
            along(grid.columns, grid.cellWidth, crop.x, crop.width),
            along(grid.rows, grid.cellHeight, crop.y, crop.height)
        )
    }

    /// The share of a map's heat that lies inside a box, 0...1; 0 where there is no heat.
    ///
    /// Each value of the map stands for an area of the picture; what lies on the box's border counts as far as it is inside.
    package static func energyInBox(_ map: Heatmap, _ box: Region) -> Double {
        guard box.isBox else { return 0 }
        let (across, down) = (Double(map.width) / map.region.width, Double(map.height) / map.region.height)
        func coverage(_ start: Double, _ length: Double, _ origin: Double, _ scale: Double, _ count: Int) -> Coverage {
            Coverage(from: (start - origin) * scale, to: (start + length - origin) * scale, count: count)
        }
        let columns = coverage(box.x, box.width, map.region.x, across, map.width)
        let rows = coverage(box.y, box.height, map.region.y, down, map.height)
        var (inside, all) = (0.0, 0.0)
        for row in 0..<map.height {
            for column in 0..<map.width {
                let value = Double(map.values[row * map.width + column])
                guard value > 0 else { continue }
                all += value
                inside += value * rows.share(of: row) * columns.share(of: column)
            }
        }
        return all > 0 ? inside / all : 0
    }
}
