/// The grids of cells that a detector lays over its input, finest first; cells are counted row by row.
struct CellGrids: Sendable, Equatable {
    private struct Grid: Sendable, Equatable {
        let stride: Int
        let columns: Int
        let rows: Int
    }

    private let grids: [Grid]

    /// - Parameters: width, height: of the input, in pixels. What a stride does not divide has one cell more.
    init(width: Int, height: Int, strides: [Int] = Self.usual) {
        grids = strides.map {
            Grid(stride: $0, columns: (width + $0 - 1) / $0, rows: (height + $0 - 1) / $0)
        }
    }

    /// Those of the usual strides, without or with a coarser one (P6) or a finer one (P2), that have so many cells in all; nil:
    /// none.
    init?(cells: Int, width: Int, height: Int) {
        for strides in [Self.usual, Self.usual + [64], [4] + Self.usual] {
            self.init(width: width, height: height, strides: strides)
            if self.cells == cells { return }
        }
        return nil
    }

    static let usual = [8, 16, 32]

    var cells: Int { grids.reduce(0) { $0 + $1.columns * $1.rows } }

    /// Calls with each cell's number, column, row and stride.
    func eachCell(_ body: (_ cell: Int, _ column: Int, _ row: Int, _ stride: Int) -> Void) {
        var cell = 0
        for grid in grids {
            for row in 0..<grid.rows {
                for column in 0..<grid.columns {
                    body(cell, column, row, grid.stride)
                    cell += 1
                }
            }
        }
    }
}
