import Engine
import ONNX

/// Runs a part of the classifier on many variants of a picture: in batches, several of them at once.
final class BatchRunner {
    /// Variants that go through the part together.
    let batch: Int
    let part: BatchedPart
    private let isExact: Bool
    private let classes: Int
    private let requests: [BatchRequest]
    private let path: String

    /// - Throws: also where the part does not give one row of scores for each variant.
    init(_ probed: ProbedPart) throws(InferError) {
        (part, isExact, classes, path) = (probed.part, probed.isExact, probed.classes, probed.path)
        batch = part.batch
        let shape: [Int]
        do throws(OpenVINOError) {
            var requests: [BatchRequest] = []
            for _ in 0..<(try probed.compiled.bestRequestCount()) {
                requests.append(try BatchRequest(part, probed.compiled))
            }
            self.requests = requests
            shape = try probed.compiled.outputShape(part.scores)
        } catch {
            throw .engine(path: path, error)
        }
        guard shape.reduce(1, *) == batch * classes else {
            throw .unexpectedShape(
                model: path, tensor: part.scores, shape: shape, expected: "[\(batch), \(classes)]")
        }
    }

    /// Elements of one variant's input.
    private var rowCount: Int { requests[0].input.count / batch }

    /// Makes the part read a picture's own tensors beside its batch.
    func attach(_ forward: borrowing InferRequest) throws(OpenVINOError) {
        for name in part.sides {
            let tensor = try forward.outputTensor(name)
            for request in requests { try request.setSide(name, to: tensor) }
        }
    }

    /// - Parameters:
    ///   - count: how many variants there are.
    ///   - fill: writes one variant's input, Float; what was there before is of some other variant.
    ///   - take: gets one variant's scores, Float `[classes]`, in the variants' order.
    /// - Throws: `.cancelled`.
    func run(
        _ count: Int, _ monitor: PassMonitor, for method: String,
        fill: (_ variant: Int, UnsafeMutableBufferPointer<Float>) -> Void,
        take: (_ variant: Int, UnsafeBufferPointer<Float>) -> Void
    ) throws(InferError) {
        monitor.begin(requests)
        defer { monitor.end() }
        do throws(OpenVINOError) {
            let batches = (count + batch - 1) / batch
            // Each request takes the batch after the one that it has finished.
            for turn in 0..<batches + requests.count where !monitor.isCancelled {
                let request = requests[turn % requests.count]
                let finished = turn - requests.count
                if (0..<batches).contains(finished) {
                    try request.wait()
                    let end = min(count, (finished + 1) * batch)
                    for variant in finished * batch..<end { take(variant, row(variant % batch, request)) }
                    monitor.report(method, done: end, of: count)
                }
                guard turn < batches else { continue }
                fillBatch(turn, of: count, request, fill)
                try request.start()
            }
        } catch {
            stop()
            throw monitor.isCancelled ? .cancelled : .engine(path: path, error)
        }
        guard !monitor.isCancelled else {
            stop()
            throw .cancelled
        }
    }

    /// None may run on: the next map is written into their memory.
    private func stop() {
        for request in requests {
            request.cancel()
            try? request.wait()
        }
    }

    private func row(_ row: Int, _ request: BatchRequest) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(rebasing: request.scores[row * classes..<(row + 1) * classes])
    }

    private func fillBatch(
        _ number: Int, of count: Int, _ request: BatchRequest,
        _ fill: (_ variant: Int, UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        for row in 0..<batch {
            let memory = UnsafeMutableBufferPointer(rebasing: request.input[row * rowCount..<(row + 1) * rowCount])
            // The last batch is filled up: what its spare rows give is not read.
            let variant = number * batch + row
            if variant < count { fill(variant, memory) } else { memory.update(repeating: 0) }
        }
    }
}

extension BatchRunner {
    /// Whether a batch's scores are those of the same part for one variant.
    func agrees(with single: BatchRunner) -> Bool {
        let check = BatchCheck(
            batched: requests[0], single: single.requests[0], part: part, tolerance: isExact ? 1e-4 : 3e-2)
        return (try? check()) ?? false
    }
}
