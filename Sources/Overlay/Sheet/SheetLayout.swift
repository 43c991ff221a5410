import Glibc

/// Where things lie on a sheet, in pixels: a head, rows of tiles with captions below them, and a foot.
struct SheetLayout: Equatable {
    let columns: Int
    let rows: Int
    /// Of a tile, without its caption.
    let tileWidth: Int
    let tileHeight: Int
    let width: Int
    let height: Int
    private let head: Int
    private let caption: Int

    static let margin = 24
    static let gap = 16
    /// What a sheet is wide unless its tiles would be too small for their captions.
    static let usualWidth = 1280
    static let leastTileWidth = 200

    /// - Parameters:
    ///   - aspect: width of a tile to its height.
    ///   - head, foot: their heights.
    ///   - caption: height of the text below a tile.
    init(columns: Int, cells: Int, aspect: Double, head: Int, caption: Int, foot: Int) {
        let gaps = (columns - 1) * Self.gap
        tileWidth = max((Self.usualWidth - 2 * Self.margin - gaps) / columns, Self.leastTileWidth)
        tileHeight = max(Int((Double(tileWidth) / aspect).rounded()), 1)
        self.columns = columns
        rows = (cells + columns - 1) / columns
        width = 2 * Self.margin + columns * tileWidth + gaps
        height = 2 * Self.margin + head + rows * (tileHeight + caption) + (rows - 1) * Self.gap + foot
        (self.head, self.caption) = (head, caption)
    }

    /// The number of columns that makes the sheet about as wide as high, with few places left empty.
    init(cells: Int, aspect: Double, head: Int, caption: Int, foot: Int) {
        self =
            (1...cells).map { columns in
                SheetLayout(
                    columns: columns, cells: cells, aspect: aspect, head: head, caption: caption, foot: foot)
            }.min { $0.cost(cells: cells) < $1.cost(cells: cells) }!
    }

    private func cost(cells: Int) -> Double {
        let shape = log(Double(width) / Double(height))
        let empty = Double(columns * rows - cells) / Double(columns * rows)
        // Screens and pages of articles are wide: a sheet that is too high is worse than one that is too wide.
        return (shape < 0 ? -3 * shape : shape) + 4 * empty
    }

    /// Top left corner of a tile.
    func origin(_ cell: Int) -> (x: Int, y: Int) {
        (
            Self.margin + cell % columns * (tileWidth + Self.gap),
            Self.margin + head + cell / columns * (tileHeight + caption + Self.gap)
        )
    }

    /// Where the foot begins.
    var footTop: Int { Self.margin + head + rows * (tileHeight + caption) + (rows - 1) * Self.gap }
}
