import COpenBLAS
import Pipeline

/// A few rows from which none of many is far: each next one is that which lies farthest from all that were chosen before.
///
/// Greedy k-center, Gonzalez 1985, doi:10.1016/0304-3975(85)90224-5: at most twice as far as the best choice of as many.
struct Coreset {
    /// Numbers of rows, in the order in which they were chosen.
    let chosen: [Int]
    /// How far the farthest of the others lies from these.
    let radius: Float

    /// Rows that one product takes.
    private static let tile = 4096

    /// - Parameters:
    ///   - values: Float `[rows, width]`, row-major.
    ///   - count: that are chosen at most; equal rows are chosen once.
    ///   - seed: of the first one.
    /// - Throws: `HeadError.cancelled`, `.resources`.
    init(
        of values: [Float], width: Int, count: Int, seed: UInt64 = 0, threads: Int = HeadFitOptions().threads,
        isCancelled: () -> Bool = { false }
    ) throws(HeadError) {
        let rows = values.count / width
        precondition(rows > 0 && rows * width == values.count)
        let algebra = try Parallel.algebra(threads: threads)
        defer { withExtendedLifetime(algebra) {} }
        let search = Search(values, width: width, rows: rows)
        var random = SplitMix64(seed)
        var next = (row: Int(random.next() % UInt64(rows)), distance: Float.infinity)
        var chosen: [Int] = []
        let tiles = (rows + Self.tile - 1) / Self.tile
        while chosen.count < min(count, rows), next.distance > 0 {
            if isCancelled() { throw .cancelled }
            chosen.append(next.row)
            let center = next.row
            Parallel.run(tiles, threads: threads) { tile in
                search.compare(tile * Self.tile..<min(rows, (tile + 1) * Self.tile), with: center)
            }
            next = search.farthest()
        }
        self.chosen = chosen
        radius = max(0, next.distance).squareRoot()
    }
}

/// Of each row the squared distance to the nearest chosen one.
private final class Search: @unchecked Sendable {  // safe: each thread writes to rows of its own
    private let values: [Float]
    private let width: Int
    private let rows: Int
    private let squares: [Float]
    private let nearest: UnsafeMutablePointer<Float>
    private let products: UnsafeMutablePointer<Float>

    init(_ values: [Float], width: Int, rows: Int) {
        (self.values, self.width, self.rows) = (values, width, rows)
        squares = values.withUnsafeBufferPointer { values in
            (0..<rows).map { row in
                let start = values.baseAddress! + row * width
                return cblas_sdot(Int32(width), start, 1, start, 1)
            }
        }
        nearest = .allocate(capacity: rows)
        nearest.initialize(repeating: .infinity, count: rows)
        products = .allocate(capacity: rows)
        products.initialize(repeating: 0, count: rows)
    }

    deinit {
        nearest.deallocate()
        products.deallocate()
    }

    func compare(_ part: Range<Int>, with center: Int) {
        values.withUnsafeBufferPointer { values in
            cblas_sgemv(
                CblasRowMajor, CblasNoTrans, Int32(part.count), Int32(width), 1,
                values.baseAddress! + part.lowerBound * width, Int32(width), values.baseAddress! + center * width, 1, 0,
                products + part.lowerBound, 1)
        }
        let own = squares[center]
        squares.withUnsafeBufferPointer { squares in
            for row in part {
                nearest[row] = min(nearest[row], max(0, squares[row] + own - 2 * products[row]))
            }
        }
        // Rounding must not choose it again.
        if part.contains(center) { nearest[center] = 0 }
    }

    /// The first of the farthest ones, whoever has compared them.
    func farthest() -> (row: Int, distance: Float) {
        var found = (row: 0, distance: -Float.infinity)
        for row in 0..<rows where nearest[row] > found.distance { found = (row, nearest[row]) }
        return found
    }
}
