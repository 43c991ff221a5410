/// Solves the equations of removed places roughly: what is smooth on a grid is found on one of half as many rows and columns.
///
/// One symmetric V-cycle: a sweep of Gauss and Seidel forwards, the remainder on the coarser grid, a sweep backwards. Coarser
/// equations are sums of those of up to 2 × 2 unknowns, divided by a factor, since what is constant on squares costs more
/// energy than what is smooth. Braess 1995, "Towards algebraic multigrid for elliptic problems of second order",
/// doi:10.1007/BF02238488.
final class Multigrid {
    private typealias Vector = ImputationGrid.Vector

    private struct Level {
        let grid: ImputationGrid
        let solution: Vector
        let rightSide: Vector
    }

    /// The finest first.
    private let levels: [Level]

    private static let factor: Float = 1.8

    init(_ finest: ImputationGrid) {
        var levels = [Level(grid: finest, solution: Vector(like: finest), rightSide: Vector(like: finest))]
        while let last = levels.last?.grid, last.height > 1 || last.width > 1 {
            let coarser = Self.coarser(last)
            levels.append(
                Level(grid: coarser, solution: Vector(like: coarser), rightSide: Vector(like: coarser)))
        }
        self.levels = levels
    }

    /// - Returns: valid until the next call.
    func apply(to rightSide: ImputationGrid.Vector) -> ImputationGrid.Vector {
        levels[0].rightSide.set(rightSide)
        cycle(0)
        return levels[0].solution
    }

    private func cycle(_ number: Int) {
        let level = levels[number]
        let (grid, x, b) = (level.grid, level.solution, level.rightSide)
        x.clear()
        for row in 0..<grid.height {
            let start = grid.index(row, 0)
            // Those that come after are still 0.
            for place in start..<start + grid.width {
                x[place] = (b[place] + grid.before(x.values, place)) * grid.inverse[place]
            }
        }
        if number + 1 < levels.count {
            let coarser = levels[number + 1]
            restrict(level, to: coarser)
            cycle(number + 1)
            prolong(coarser, to: level)
        }
        for row in (0..<grid.height).reversed() {
            let start = grid.index(row, 0)
            for place in (start..<start + grid.width).reversed() {
                x[place] =
                    (b[place] + grid.before(x.values, place) + grid.after(x.values, place)) * grid.inverse[place]
            }
        }
    }

    /// Sums what is left of the right side.
    private func restrict(_ level: Level, to coarser: Level) {
        let (grid, x, b) = (level.grid, level.solution, level.rightSide)
        coarser.rightSide.clear()
        for row in 0..<grid.height {
            for column in 0..<grid.width {
                let place = grid.index(row, column)
                // After the sweep, a place's own equation lacks only what comes after it. One without an unknown has no part.
                guard grid.diagonal[place] > 0 else { continue }
                let sum = b[place] + grid.before(x.values, place) + grid.after(x.values, place)
                let target = coarser.grid.index(row / 2, column / 2)
                coarser.rightSide[target] += sum - x[place] * grid.diagonal[place]
            }
        }
    }

    private func prolong(_ coarser: Level, to level: Level) {
        let grid = level.grid
        for row in 0..<grid.height {
            for column in 0..<grid.width {
                let place = grid.index(row, column)
                guard grid.diagonal[place] > 0 else { continue }
                level.solution[place] += coarser.solution[coarser.grid.index(row / 2, column / 2)]
            }
        }
    }

    private static func coarser(_ fine: ImputationGrid) -> ImputationGrid {
        let coarse = ImputationGrid(height: (fine.height + 1) / 2, width: (fine.width + 1) / 2)
        for row in 0..<fine.height {
            for column in 0..<fine.width {
                let place = fine.index(row, column)
                guard fine.diagonal[place] > 0 else { continue }
                let own = coarse.index(row / 2, column / 2)
                coarse.diagonal[own] += fine.diagonal[place]
                /// Adds a weight between two places to the one between their squares.
                func add(_ weight: Float, _ rows: Int, _ columns: Int) {
                    guard weight > 0 else { return }
                    let other = coarse.index((row + rows) / 2, (column + columns) / 2)
                    switch other - own {
                    case 0: coarse.diagonal[own] -= 2 * weight
                    case 1: coarse.right[own] += weight
                    case coarse.pitch: coarse.below[own] += weight
                    case coarse.pitch + 1: coarse.belowRight[own] += weight
                    case coarse.pitch - 1: coarse.belowLeft[own] += weight
                    // Below left within the squares' own row.
                    default: coarse.right[other] += weight
                    }
                }
                add(fine.right[place], 0, 1)
                add(fine.below[place], 1, 0)
                add(fine.belowRight[place], 1, 1)
                add(fine.belowLeft[place], 1, -1)
            }
        }
        for values in [coarse.diagonal, coarse.right, coarse.below, coarse.belowRight, coarse.belowLeft] {
            for place in 0..<coarse.count { values[place] /= factor }
        }
        // What rounding left of a square that is held by nothing would blow up.
        coarse.invertDiagonal()
        return coarse
    }
}
