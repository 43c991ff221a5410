import Engine
import ONNX

/// The backward passes of one of a head's scales: gradients of some of its scores with respect to the levels, all in one
/// pass where the graph bears it.
///
/// First `begin`, then `take` for each score, then `end`. What is taken is valid until then.
final class SeededGradients {
    private let source: ScoreSource
    /// nil: the seed is all there is.
    private let owner: RequestOwner?
    /// nil: the gradient begins at the seed's place.
    private let head: HeadPass?
    private let outputs: [(level: Int, name: String)]
    private let isBatched: Bool
    /// Float `[capacity, …]`: a seed for each score; zero but where they were written.
    private var seeds = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)
    private var elements: [Int] = []
    /// Which of the scores the request's results are of; nil: it is still running.
    private var finished: Range<Int>?
    private var results: [(level: Int, owner: TensorOwner, values: UnsafeBufferPointer<Float>)] = []

    private var seedCount: Int { source.shape.reduce(1, *) }

    /// - Parameter forward: must outlive this.
    init(
        _ source: ScoreSource, _ models: BoxMapping.Source, of forward: borrowing InferRequest
    ) throws(OpenVINOError) {
        self.source = source
        if let window = source.head, let compiled = models.head {
            head = try HeadPass(source, window, compiled, of: forward)
        } else {
            head = nil
        }
        let model = models.backward
        guard let model else {
            (owner, outputs, isBatched) = (nil, [], true)
            return
        }
        let owner = RequestOwner(try InferRequest(model.compiled))
        for (name, _) in model.gradient.residuals {
            try owner.request.setInput(name, to: try forward.outputTensor(name))
        }
        self.owner = owner
        outputs = source.differentiated.enumerated().map { ($1, Gradient.result($0)) }
        isBatched = model.gradient.singleReason == nil
    }

    deinit { seeds.deallocate() }

    /// Starts the pass of some scores, given as elements of the logits.
    func begin(_ elements: [Int]) throws(OpenVINOError) {
        makeRoom(elements.count)
        self.elements = elements
        if let head, !elements.isEmpty {
            try head.run(elements, into: elements.indices.map { seed($0) })
        } else {
            for (position, element) in elements.enumerated() {
                source.seed(
                    of: element, into: seed(position), place: element % source.area, area: source.area)
            }
        }
        finished = 0..<0
        if isBatched, !elements.isEmpty { try start(0..<elements.count) }
    }

    /// The gradient of a score with respect to each level that it depends on, as the model lays these out.
    func take(_ position: Int) throws(OpenVINOError) -> [(level: Int, values: UnsafeBufferPointer<Float>)] {
        var found: [(level: Int, values: UnsafeBufferPointer<Float>)] = []
        if let level = source.seededLevel { found.append((level, UnsafeBufferPointer(seed(position)))) }
        guard owner != nil else { return found }
        if finished != nil, finished?.contains(position) == false { try start(position..<position + 1) }
        if finished == nil { try finish(isBatched ? 0..<elements.count : position..<position + 1) }
        let row = position - finished!.lowerBound
        for (level, _, values) in results {
            let count = values.count / finished!.count
            found.append((level, UnsafeBufferPointer(rebasing: values[row * count..<(row + 1) * count])))
        }
        return found
    }

    func end() {
        for (position, element) in elements.enumerated() {
            if let head {
                head.clear(element, in: seed(position))
            } else {
                source.clear(element, in: seed(position), place: element % source.area, area: source.area)
            }
        }
        elements = []
    }

    private func start(_ positions: Range<Int>) throws(OpenVINOError) {
        guard let owner else { return }
        let memory = UnsafeMutableBufferPointer(
            rebasing: seeds[positions.lowerBound * seedCount..<positions.upperBound * seedCount])
        try owner.request.setInput(
            Gradient.seed, to: try TensorMemory(lending: memory, shape: [positions.count] + source.shape.dropFirst()))
        try owner.request.start()
        finished = nil
    }

    private func finish(_ positions: Range<Int>) throws(OpenVINOError) {
        guard let owner else { return }
        try owner.request.wait()
        results = []
        for (level, name) in outputs {
            let memory = TensorOwner(try owner.request.outputTensor(name))
            results.append((level, memory, try memory.tensor.floats()))
        }
        finished = positions
    }

    private func seed(_ position: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(rebasing: seeds[position * seedCount..<(position + 1) * seedCount])
    }

    private func makeRoom(_ count: Int) {
        guard seeds.count < count * seedCount else { return }
        seeds.deallocate()
        seeds = .allocate(capacity: count * seedCount)
        seeds.initialize(repeating: 0)
    }
}

/// A request that may not be there.
private final class RequestOwner {
    let request: InferRequest

    init(_ request: consuming InferRequest) { self.request = request }
}
