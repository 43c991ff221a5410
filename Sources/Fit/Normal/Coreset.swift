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

    /// Rows that one product takes, so that what it gives is still at hand.
    private static let tile = 4096

    /// - Parameters:
    ///   - values: Float `[rows, width]`, row-major.
    ///   - count: that are chosen at most; equal rows are chosen once.
    ///   - seed: of the first one.
    /// - Throws: `HeadError.cancelled`, `.resources`.
    init(
        of values: [Float], width: Int, count: Int, seed: UInt64 = 0, isCancelled: () -> Bool = { false }
    ) throws(HeadError) {
        let rows = values.count / width
        precondition(rows > 0 && rows * width == values.count)
        let algebra = try Parallel.algebra(threads: 1)
        defer { withExtendedLifetime(algebra) {} }
        var search = Search(values, width: width, rows: rows)
        var random = SplitMix64(seed)
        var next = (row: Int(random.next() % UInt64(rows)), distance: Float.infinity)
        var chosen: [Int] = []
        while chosen.count < min(count, rows), next.distance > 0 {
            if isCancelled() { throw .cancelled }
            chosen.append(next.row)
            let center = next.row
            next = (0, -.infinity)
            for start in stride(from: 0, to: rows, by: Self.tile) {
                search.compare(start..<min(rows, start + Self.tile), with: center, farthest: &next)
            }
        }
        self.chosen = chosen
        radius = max(0, next.distance).squareRoot()
    }
}

/// Of each row the squared distance to the nearest chosen one.
private struct Search {
    private let values: [Float]
    private let width: Int
    private let squares: [Float]
    private var nearest: [Float]
    private var products: [Float]

    init(_ values: [Float], width: Int, rows: Int) {
        (self.values, self.width) = (values, width)
        squares = values.withUnsafeBufferPointer { values in
            (0..<rows).map { row in
                let start = values.baseAddress! + row * width
                return cblas_sdot(Int32(width), start, 1, start, 1)
            }
        }
        nearest = [Float](repeating: .infinity, count: rows)
        products = [Float](repeating: 0, count: rows)
    }

    /// - Parameter farthest: becomes the first row that lies farther from all chosen ones.
    mutating func compare(
        _ part: Range<Int>, with center: Int, farthest: inout (row: Int, distance: Float)
    ) {
        values.withUnsafeBufferPointer { values in
            cblas_sgemv(
                CblasRowMajor, CblasNoTrans, Int32(part.count), Int32(width), 1,
                values.baseAddress! + part.lowerBound * width, Int32(width), values.baseAddress! + center * width, 1, 0,
                &products, 1)
        }
        let own = squares[center]
        for row in part {
            let distance = squares[row] + own - 2 * products[row - part.lowerBound]
            nearest[row] = min(nearest[row], max(0, distance))
        }
        // Rounding must not choose it again.
        if part.contains(center) { nearest[center] = 0 }
        for row in part where nearest[row] > farthest.distance { farthest = (row, nearest[row]) }
    }
}
