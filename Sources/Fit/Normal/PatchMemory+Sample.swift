import COpenBLAS
import ONNX
import Pipeline

extension PatchMemory {
    /// What some of the examples have in common, as few rows as are wanted.
    ///
    /// - Throws: `HeadError.cancelled`, `.resources`.
    init(
        of sample: PatchSample, examples chosen: Set<Int>, count: Int, isCancelled: () -> Bool = { false }
    ) throws(HeadError) {
        let table = sample.rows
        let kept = table.examples.indices.filter { chosen.contains(table.examples[$0]) }
        let width = table.width
        var mean = [Double](repeating: 0, count: width)
        var rows = [Float](repeating: 0, count: kept.count * width)
        table.values.withUnsafeBufferPointer { values in
            for row in kept {
                for column in 0..<width { mean[column] += Double(values[row * width + column]) }
            }
            for column in 0..<width { mean[column] /= Double(max(1, kept.count)) }
            rows.withUnsafeMutableBufferPointer { rows in
                for (position, row) in kept.enumerated() {
                    for column in 0..<width {
                        rows[position * width + column] = values[row * width + column] - Float(mean[column])
                    }
                }
            }
        }
        let projection = width > NormalOptions.widest ? Self.projection(from: width, to: NormalOptions.widest) : nil
        var narrow = width
        if let projection {
            narrow = NormalOptions.widest
            rows = try Self.product(rows, width, projection, narrow)
        }
        let coreset = try Coreset(of: rows, width: narrow, count: count, isCancelled: isCancelled)
        self.init(
            mean: mean.map { Float($0) }, projection: projection,
            rows: coreset.chosen.flatMap { rows[$0 * narrow..<($0 + 1) * narrow] }, width: narrow)
    }

    /// Signs by chance keep distances about as they are: Achlioptas 2003, doi:10.1016/S0022-0000(03)00025-4.
    private static func projection(from width: Int, to narrow: Int) -> [Float] {
        var random = SplitMix64(UInt64(width))
        let unit = 1 / Float(narrow).squareRoot()
        return (0..<width * narrow).map { _ in random.next() >> 63 == 0 ? unit : -unit }
    }

    private static func product(
        _ rows: [Float], _ width: Int, _ matrix: [Float], _ columns: Int
    ) throws(HeadError) -> [Float] {
        let algebra = try Parallel.algebra(threads: 1)
        defer { withExtendedLifetime(algebra) {} }
        var product = [Float](repeating: 0, count: rows.count / width * columns)
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows.count / width), Int32(columns), Int32(width), 1, rows,
            Int32(width), matrix, Int32(columns), 0, &product, Int32(columns))
        return product
    }
}
