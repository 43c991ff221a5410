import COpenBLAS
import Infer
import Pipeline
import Synchronization

/// Pictures that are nearly the same, by the cosine of their features less the mean of all: frames of one scene, the same
/// photograph saved twice. They must stand on one side of a split, or the test asks what was learnt by heart.
package struct NearDuplicates: Sendable, Equatable {
    package struct Pair: Sendable, Equatable {
        /// Rows, the smaller one first.
        package let first: Int
        package let second: Int
        package let cosine: Float
    }

    /// Of rows that were in different groups before; the most alike first, at most `maximumPairs`.
    package let pairs: [Pair]
    /// How many there are, those that are not listed included.
    package let pairCount: Int
    /// Group of each row, with near-duplicates in one: the smallest row of it.
    package let groups: [Int]

    package static let usualThreshold: Float = 0.95
    package static let maximumPairs = 10_000
    private static let tile = 512

    /// Compares each row with each other, in tiles; 6,000 rows of 1,280 features take 46 billion operations.
    ///
    /// - Parameters:
    ///   - features: one row a picture.
    ///   - groups: of each row, what is known to belong together already.
    ///   - threshold: cosine from which on two are near-duplicates.
    /// - Throws: `HeadError.cancelled`, or `.resources`.
    package init(
        _ features: FeatureTable, groups: [Int], threshold: Float = usualThreshold,
        threads: Int = HeadFitOptions().threads, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(HeadError) {
        precondition(groups.count == features.count)
        let algebra = try Parallel.algebra(threads: threads)
        defer { withExtendedLifetime(algebra) {} }
        let (directions, average) = Self.directions(features)
        let (count, width) = (features.count, features.width)
        let tiles = (count + Self.tile - 1) / Self.tile
        let places = (0..<tiles).flatMap { row in (row..<tiles).map { (row, $0) } }
        // Each tile's finds, by the tile, so that their order does not depend on the threads.
        let found = Mutex([[Pair]](repeating: [], count: places.count))
        Parallel.run(places.count, threads: threads) { place in
            if isCancelled() { return }
            let (upper, left) = (places[place].0 * Self.tile, places[place].1 * Self.tile)
            let (rows, columns) = (min(Self.tile, count - upper), min(Self.tile, count - left))
            let pairs = directions.withUnsafeBufferPointer { directions in
                var cosines = [Float](repeating: 0, count: rows * columns)
                cblas_sgemm(
                    CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows), Int32(columns), Int32(width), 1,
                    directions.baseAddress! + upper * width, Int32(width), directions.baseAddress! + left * width,
                    Int32(width), 0, &cosines, Int32(columns))
                return Self.pairs(cosines, rows: upper..<upper + rows, columns: left..<left + columns, threshold)
            }
            if !pairs.isEmpty { found.withLock { $0[place] = pairs } }
        }
        if isCancelled() { throw .cancelled }

        var union = UnionFind(count)
        var firstOfGroup: [Int: Int] = [:]
        for (row, group) in groups.enumerated() {
            if let first = firstOfGroup[group] { union.join(first, row) } else { firstOfGroup[group] = row }
        }
        var between: [Pair] = []
        let same = average.dropFirst().map { Pair(first: average[0], second: $0, cosine: 1) }
        for pairs in found.withLock({ $0 }) + [same] {
            for pair in pairs {
                union.join(pair.first, pair.second)
                if groups[pair.first] != groups[pair.second] { between.append(pair) }
            }
        }
        between.sort { ($1.cosine, $0.first, $0.second) < ($0.cosine, $1.first, $1.second) }
        pairCount = between.count
        pairs = Array(between.prefix(Self.maximumPairs))
        self.groups = (0..<count).map { union.root($0) }
    }

    private static func pairs(
        _ cosines: [Float], rows: Range<Int>, columns: Range<Int>, _ threshold: Float
    ) -> [Pair] {
        cosines.withUnsafeBufferPointer { cosines in
            var pairs: [Pair] = []
            for row in rows {
                let start = (row - rows.lowerBound) * columns.count - columns.lowerBound
                for column in max(columns.lowerBound, row + 1)..<max(columns.upperBound, row + 1)
                where cosines[start + column] >= threshold {
                    pairs.append(Pair(first: row, second: column, cosine: min(1, cosines[start + column])))
                }
            }
            return pairs
        }
    }

    /// Rows less their mean, of length 1; those that are the mean, and so the same, are all zeros.
    private static func directions(_ features: FeatureTable) -> (values: [Float], average: [Int]) {
        let width = features.width
        var mean = [Double](repeating: 0, count: width)
        var directions = features.values
        var average: [Int] = []
        directions.withUnsafeMutableBufferPointer { values in
            for row in 0..<features.count {
                for column in 0..<width { mean[column] += Double(values[row * width + column]) }
            }
            for column in 0..<width { mean[column] /= Double(max(1, features.count)) }
            for row in 0..<features.count {
                var squares = 0.0
                for column in row * width..<(row + 1) * width {
                    let value = Double(values[column]) - mean[column - row * width]
                    values[column] = Float(value)
                    squares += value * value
                }
                if squares == 0 { average.append(row) }
                let scale = squares > 0 ? Float(1 / squares.squareRoot()) : 0
                for column in row * width..<(row + 1) * width { values[column] *= scale }
            }
        }
        return (directions, average)
    }
}

/// Sets that are joined (Galler and Fischer 1964), each named by its smallest member.
struct UnionFind {
    private var parents: [Int]

    init(_ count: Int) { parents = Array(0..<count) }

    mutating func root(_ member: Int) -> Int {
        var root = member
        while parents[root] != root { root = parents[root] }
        var member = member
        while parents[member] != root { (member, parents[member]) = (parents[member], root) }
        return root
    }

    mutating func join(_ one: Int, _ other: Int) {
        let (one, other) = (root(one), root(other))
        parents[max(one, other)] = min(one, other)
    }
}
