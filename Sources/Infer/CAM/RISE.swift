import COpenBLAS
import ONNX
import Pipeline

/// RISE: the mean of random masks, each weighted by the class's probability when the picture is seen through it.
///
/// Petsiuk et al. 2018, arXiv:1806.07421, eq. 6: M = 1 / (E[m] N) Σ_i p_c(X ⊙ m_i) m_i. A mask is a grid of 7 × 7 cells, each
/// 1 with probability ½, enlarged bilinearly to one cell more than the picture and cut out at a random place. N = 4000
/// masks, the paper's for VGG-16. The map is as large as the classifier's input, and needs no layer.
struct RISE: CAMMethod {
    static let name = "rise"
    static let title = "RISE"
    static let needs = MethodNeeds.inputPasses
    static let zero = ZeroLevel.lowest
    static let isOnlyForRecordings = true

    private static let cells = 7
    private static let density: Float = 0.5

    private let samples: Int
    private let seed: UInt64

    init(_ options: MethodOptions) {
        samples = options.samples ?? 4000
        seed = UInt64(bitPattern: Int64(options.seed))
    }

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        let classifier = subject.passes.classifier
        let (height, width) = (classifier.input.height, classifier.input.width)
        let masks = Masks(height: height, width: width, seed: seed)
        let scores = try subject.probe(.masked, samples, for: Self.title, fill: masks.write)
        let isSigmoid = classifier.scores.activation == .sigmoid
        var map = [Float](repeating: 0, count: height * width)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: map.count) { mask in
            // Made again: so many masks would fill the memory.
            let scale = 1 / (Self.density * Float(samples))
            for (number, share) in scores.probabilities(of: subject.target, isSigmoid: isSigmoid).enumerated() {
                masks.write(number, mask)
                cblas_saxpy(Int32(map.count), share * scale, mask.baseAddress!, 1, &map, 1)
            }
        }
        return RawMap(height: height, width: width, values: map)
    }

    /// Mask i is the same whenever it is written.
    struct Masks {
        private let upsampling: Upsampling
        private let width: Int
        private let cell: (height: Int, width: Int)
        private let seed: UInt64

        init(height: Int, width: Int, seed: UInt64) {
            let cells = RISE.cells
            cell = ((height + cells - 1) / cells, (width + cells - 1) / cells)
            upsampling = Upsampling(
                from: (cells, cells), to: ((cells + 1) * cell.height, (cells + 1) * cell.width))
            (self.width, self.seed) = (width, seed)
        }

        /// - Parameter mask: Float `[height, width]`, overwritten.
        func write(_ number: Int, _ mask: UnsafeMutableBufferPointer<Float>) {
            var random = SplitMix64(seed &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(number))
            let grid = (0..<RISE.cells * RISE.cells).map { _ in
                random.value(in: 0...1) < Double(RISE.density) ? Float(1) : 0
            }
            let top = Int(random.next() % UInt64(cell.height))
            let left = Int(random.next() % UInt64(cell.width))
            upsampling.enlarge(grid, top: top, left: left, width: width, into: mask)
        }
    }
}
