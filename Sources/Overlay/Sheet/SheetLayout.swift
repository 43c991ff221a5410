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
    /// Between columns.
    private let columnGap: Int

    static let margin = 24
    static let gap = 16
    /// What a sheet is wide unless its tiles would be too small for their captions.
    static let usualWidth = 1280
    static let leastTileWidth = 200

    /// - Parameters:
    ///   - aspect: width of a tile to its height.
    ///   - head, foot: their heights.
    ///   - caption: height of the text below a tile.
    ///   - unit: tiles are so many pixels wide, or a multiple of it.
    init(columns: Int, cells: Int, aspect: Double, head: Int, caption: Int, foot: Int, unit: Int = 1) {
        let room = Self.usualWidth - 2 * Self.margin
        let largest = (room - (columns - 1) * Self.gap) / columns
        let least = (Self.leastTileWidth + unit - 1) / unit * unit
        tileWidth = max(largest / unit * unit, least)
        // What whole multiples leave over lies between the tiles.
        columnGap = unit == 1 ? Self.gap : max(Self.gap, (room - columns * tileWidth) / max(columns - 1, 1))
        let gaps = (columns - 1) * columnGap
        tileHeight = max(Int((Double(tileWidth) / aspect).rounded()), 1)
        self.columns = columns
        rows = (cells + columns - 1) / columns
        width = max(2 * Self.margin + columns * tileWidth + gaps, unit == 1 ? 0 : Self.usualWidth)
        height = 2 * Self.margin + head + rows * (tileHeight + caption) + (rows - 1) * Self.gap + foot
        (self.head, self.caption) = (head, caption)
    }

    /// The number of columns that makes the sheet about as wide as high, with few places left empty.
    init(cells: Int, aspect: Double, head: Int, caption: Int, foot: Int, unit: Int = 1) {
        self =
            (1...cells).map { columns in
                SheetLayout(
                    columns: columns, cells: cells, aspect: aspect, head: head, caption: caption, foot: foot, unit: unit
                )
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
            Self.margin + cell % columns * (tileWidth + columnGap),
            Self.margin + head + cell / columns * (tileHeight + caption + Self.gap)
        )
    }

    /// Where the foot begins.
    var footTop: Int { Self.margin + head + rows * (tileHeight + caption) + (rows - 1) * Self.gap }
}
