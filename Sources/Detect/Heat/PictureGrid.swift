import Pipeline

/// Cells that cover a picture, small enough in number to be computed for each one.
struct PictureGrid: Sendable, Equatable {
    let columns: Int
    let rows: Int
    let region: Region

    /// At most 160 columns and rows, as square as pixels are.
    init(pictureWidth: Int, pictureHeight: Int) {
        let longer = max(pictureWidth, pictureHeight, 1)
        let most = min(Self.most, longer)
        func cells(_ length: Int) -> Int { max((length * most + longer / 2) / longer, 1) }
        columns = cells(pictureWidth)
        rows = cells(pictureHeight)
        region = Region(x: 0, y: 0, width: Double(max(pictureWidth, 1)), height: Double(max(pictureHeight, 1)))
    }

    private static let most = 160

    /// Of a cell, in pixels.
    var cellWidth: Double { region.width / Double(columns) }
    var cellHeight: Double { region.height / Double(rows) }

    var cells: Int { columns * rows }

    func heatmap(_ values: [Float]) -> Heatmap {
        Heatmap(height: rows, width: columns, values: values, region: region)
    }
}

/// Which part of each of an axis's cells an interval covers.
struct Coverage {
    /// The cells that it touches.
    let cells: Range<Int>
    private let start: Double
    private let end: Double

    /// - Parameters:
    ///   - start, end: the interval, in the cells' measure.
    ///   - count: how many cells there are.
    init(from start: Double, to end: Double, count: Int) {
        self.start = min(max(start, 0), Double(count))
        self.end = min(max(end, self.start), Double(count))
        cells = Int(self.start)..<max(Int(self.end.rounded(.up)), Int(self.start))
    }

    /// 0...1.
    func share(of cell: Int) -> Double { max(min(end, Double(cell + 1)) - max(start, Double(cell)), 0) }
}
