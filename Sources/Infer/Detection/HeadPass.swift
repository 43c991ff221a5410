import Engine
import ONNX

/// Takes gradients of single logits back to a level, each in the window of the level that it depends on.
final class HeadPass {
    private let source: ScoreSource
    private let head: WindowedHead
    private let request: InferRequest
    /// Float `[channels, height, width]`.
    private let level: UnsafeBufferPointer<Float>
    private let size: (channels: Int, height: Int, width: Int)
    private let owner: TensorMemory
    /// Float `[capacity, channels, window]`, and the same for what is differentiated.
    private var windows = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)
    private var seeds = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)

    private var area: Int { head.height * head.width }

    /// - Parameter forward: must outlive this.
    init(
        _ source: ScoreSource, _ head: WindowedHead, _ compiled: CompiledModel, of forward: borrowing InferRequest
    ) throws(OpenVINOError) {
        (self.source, self.head) = (source, head)
        request = try InferRequest(compiled)
        owner = try forward.outputTensor(head.level)
        level = try owner.floats()
        size = (source.shape[1], source.shape[2], source.shape[3])
    }

    deinit {
        windows.deallocate()
        seeds.deallocate()
    }

    /// Writes each logit's gradient into its seed, which is zero elsewhere.
    ///
    /// - Parameters:
    ///   - elements: of the logits.
    ///   - seeds: Float of the level's shape, one for each.
    func run(_ elements: [Int], into gradients: [UnsafeMutableBufferPointer<Float>]) throws(OpenVINOError) {
        makeRoom(elements.count)
        let (windowCount, seedCount) = (size.channels * area, head.seedChannels * area)
        for (position, element) in elements.enumerated() {
            let (origin, place) = window(of: element)
            copy(
                from: level.baseAddress!, at: origin, to: windows.baseAddress! + position * windowCount)
            source.seed(of: element, into: part(seeds, position, seedCount), place: place, area: area)
        }
        defer {
            for (position, element) in elements.enumerated() {
                source.clear(
                    element, in: part(seeds, position, seedCount), place: window(of: element).place, area: area)
            }
        }
        let count = elements.count
        let shape = [head.height, head.width]
        try request.setInput(
            head.level,
            to: try TensorMemory(
                lending: UnsafeMutableBufferPointer(rebasing: windows[..<(count * windowCount)]),
                shape: [count, size.channels] + shape))
        try request.setInput(
            Gradient.seed,
            to: try TensorMemory(
                lending: UnsafeMutableBufferPointer(rebasing: seeds[..<(count * seedCount)]),
                shape: [count, head.seedChannels] + shape))
        try request.start()
        try request.wait()
        let memory = try request.outputTensor(Gradient.result(0))
        let results = try memory.floats()
        for (position, element) in elements.enumerated() {
            let origin = window(of: element).origin
            forEachRow(at: origin) { row, place in
                for column in 0..<head.width {
                    gradients[position][place + column] = results[position * windowCount + row * head.width + column]
                }
            }
        }
    }

    /// Makes a seed zero again.
    func clear(_ element: Int, in gradient: UnsafeMutableBufferPointer<Float>) {
        forEachRow(at: window(of: element).origin) { _, place in
            for column in 0..<head.width { gradient[place + column] = 0 }
        }
    }

    /// Where a logit's window begins, and the logit's place in it.
    private func window(of element: Int) -> (origin: (row: Int, column: Int), place: Int) {
        let (row, column) = source.place(of: element)
        let origin = head.origin(row: row, column: column, of: (size.height, size.width))
        return (origin, (row - origin.row) * head.width + column - origin.column)
    }

    private func copy(
        from level: UnsafePointer<Float>, at origin: (row: Int, column: Int), to window: UnsafeMutablePointer<Float>
    ) {
        forEachRow(at: origin) { row, place in
            (window + row * head.width).update(from: level + place, count: head.width)
        }
    }

    /// The window's rows, counted over all channels, and where each begins in the level.
    private func forEachRow(at origin: (row: Int, column: Int), _ body: (_ row: Int, _ place: Int) -> Void) {
        for row in 0..<size.channels * head.height {
            let (channel, line) = (row / head.height, row % head.height)
            body(row, (channel * size.height + origin.row + line) * size.width + origin.column)
        }
    }

    private func part(
        _ memory: UnsafeMutableBufferPointer<Float>, _ position: Int, _ count: Int
    ) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(rebasing: memory[position * count..<(position + 1) * count])
    }

    private func makeRoom(_ count: Int) {
        guard windows.count < count * size.channels * area else { return }
        windows.deallocate()
        seeds.deallocate()
        windows = .allocate(capacity: count * size.channels * area)
        seeds = .allocate(capacity: count * head.seedChannels * area)
        windows.initialize(repeating: 0)
        seeds.initialize(repeating: 0)
    }
}
