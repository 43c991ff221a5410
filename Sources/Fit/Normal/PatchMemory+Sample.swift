import COpenBLAS
import ONNX
import Pipeline
import Synchronization

extension PatchMemory {
    /// What several sets of examples have in common, side by side: each takes one thread, and none waits for another.
    ///
    /// - Parameters:
    ///   - isCancelled: asked often, on any thread.
    ///   - progress: is told of memories that are done, by any thread.
    /// - Throws: `HeadError.cancelled`, `.resources`.
    static func several(
        of sample: PatchSample, _ sets: [Set<Int>], count: Int, threads: Int = HeadFitOptions().threads,
        isCancelled: @escaping @Sendable () -> Bool, progress: @escaping @Sendable (_ done: Int) -> Void
    ) throws(HeadError) -> [PatchMemory] {
        typealias State = (memories: [PatchMemory?], failure: HeadError?, done: Int)
        let state = Mutex<State>(([PatchMemory?](repeating: nil, count: sets.count), nil, 0))
        Parallel.run(sets.count, threads: threads) { number in
            do throws(HeadError) {
                let memory = try PatchMemory(of: sample, examples: sets[number], count: count, isCancelled: isCancelled)
                let done = state.withLock { state in
                    state.memories[number] = memory
                    state.done += 1
                    return state.done
                }
                progress(done)
            } catch {
                state.withLock { $0.failure = error }
            }
        }
        let (memories, failure, _) = state.withLock { $0 }
        if let failure { throw failure }
        return memories.compactMap(\.self)
    }

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
        let projection = Projection(from: width, to: NormalOptions.widest)
        if let projection { rows = try projection(rows) }
        let narrow = projection?.narrow ?? width
        let sketch = Projection(from: narrow, to: NormalOptions.widestToChoose)
        let coreset = try Coreset(
            of: try sketch?(rows) ?? rows, width: sketch?.narrow ?? narrow, count: count, isCancelled: isCancelled)
        self.init(
            mean: mean.map { Float($0) }, projection: projection?.matrix,
            rows: coreset.chosen.flatMap { rows[$0 * narrow..<($0 + 1) * narrow] }, width: narrow)
    }
}

/// Fewer numbers that lie about as far apart: signs by chance, the same every time. Achlioptas 2003,
/// doi:10.1016/S0022-0000(03)00025-4.
struct Projection {
    let width: Int
    let narrow: Int
    /// Float `[width, narrow]`, row-major.
    let matrix: [Float]

    /// - Returns: nil: they are few enough.
    init?(from width: Int, to narrow: Int) {
        guard width > narrow else { return nil }
        (self.width, self.narrow) = (width, narrow)
        var random = SplitMix64(UInt64(width))
        let unit = 1 / Float(narrow).squareRoot()
        matrix = (0..<width * narrow).map { _ in random.next() >> 63 == 0 ? unit : -unit }
    }

    /// - Parameter rows: Float `[count, width]`, row-major.
    /// - Returns: Float `[count, narrow]`.
    func callAsFunction(_ rows: [Float]) throws(HeadError) -> [Float] {
        let algebra = try Parallel.algebra(threads: 1)
        defer { withExtendedLifetime(algebra) {} }
        let count = rows.count / width
        var product = [Float](repeating: 0, count: count * narrow)
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(count), Int32(narrow), Int32(width), 1, rows, Int32(width),
            matrix, Int32(narrow), 0, &product, Int32(narrow))
        return product
    }
}
