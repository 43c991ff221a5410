import ONNX
import Pipeline

/// Runs one classifier compiled in several ways, as the program is going to run it, and times it.
final class SpeedTrial {
    private let model: Model
    private let scores: String
    private let input: PictureInput
    private let compiler: ModelCompiler
    private let pace: Pace
    private var runners: [EngineOptions: TrialRunner] = [:]

    /// Milliseconds for the rounds of one contest; a large model's fewest rounds take longer.
    private static let budget = 250.0
    /// As many as libx264 has at two cores.
    private static let encoderThreads = 2

    /// Nil where the model has no scores to compare.
    init?(_ model: borrowing Model, input: PictureInput, compiler: ModelCompiler, pace: Pace) {
        var plain = copy model
        guard let scores = try? plain.graph.classScores().logits, (try? plain.graph.addOutput(scores)) != nil else {
            return nil
        }
        (self.model, self.scores, self.input, self.compiler, self.pace) = (plain, scores, input, compiler, pace)
    }

    /// Entrants that the engine cannot run are left out of a contest, unless it is the first.
    func contest(_ entrants: [EngineOptions]) -> Contest? {
        var found: [(name: String, runner: TrialRunner, agrees: Bool)] = []
        let differsInHint = Set(entrants.map(\.hint)).count > 1
        for options in entrants {
            guard let runner = runner(options) else {
                if found.isEmpty { return nil }
                // Its place must stay taken, so that positions are those of the entrants.
                found.append((options.precision, found[0].runner, false))
                continue
            }
            let agrees = found.isEmpty || runner.agrees(with: found[0].runner)
            found.append((differsInHint ? options.hint.title : options.precision, runner, agrees))
        }
        let busy = differsInHint ? BusyThreads(count: Self.encoderThreads) : nil
        defer { withExtendedLifetime(busy) {} }
        let medians = try? Contest.medians(of: found.count, budget: Self.budget) { entrant throws(OpenVINOError) in
            try found[entrant].runner.time()
        }
        guard let medians else { return nil }
        return Contest(
            entrants: zip(found, medians).map { Contest.Entrant(name: $0.name, milliseconds: $1, agrees: $0.agrees) })
    }

    private func runner(_ options: EngineOptions) -> TrialRunner? {
        if let known = runners[options] { return known }
        guard let compiled = try? compiler.with(options, isKept: false).compile(model, input: input),
            let runner = try? TrialRunner(compiled, scores: scores, isAlone: pace != .video)
        else { return nil }
        runners[options] = runner
        return runner
    }
}

/// One way to compute, with as many pictures in flight as there will be.
private final class TrialRunner {
    private let requests: [TrialRequest]
    /// Of a few pictures, one after the other.
    private let scores: [Float]

    init(_ compiled: CompiledModel, scores name: String, isAlone: Bool) throws(OpenVINOError) {
        let wanted = isAlone ? 1 : try compiled.bestRequestCount()
        var requests: [TrialRequest] = []
        for _ in 0..<wanted { requests.append(try TrialRequest(compiled)) }
        var scores: [Float] = []
        for picture in 0..<Self.pictures {
            // Each request runs, so that none has its first run while it is timed.
            for request in requests {
                try request.draw(picture)
                try request.request.start()
            }
            for request in requests { try request.request.wait() }
            scores += try requests[0].request.outputTensor(name).floats()
        }
        (self.requests, self.scores) = (requests, scores)
    }

    private static let pictures = 3
    /// Share of the scores' range.
    private static let tolerance: Float = 3e-2

    func agrees(with exact: TrialRunner) -> Bool {
        ScoreAgreement.holds(scores, exact.scores, tolerance: Self.tolerance)
    }

    /// - Returns: milliseconds an inference.
    func time() throws(OpenVINOError) -> Double {
        let start = ContinuousClock.now
        for request in requests { try request.request.start() }
        for request in requests { try request.request.wait() }
        return (ContinuousClock.now - start) / .milliseconds(1) / Double(requests.count)
    }
}

/// Whether scores are the same but for rounding.
enum ScoreAgreement {
    /// - Parameter tolerance: share of the exact scores' range, or of their size where all are the same.
    static func holds(_ scores: [Float], _ exact: [Float], tolerance: Float) -> Bool {
        guard scores.count == exact.count, let low = exact.min(), let high = exact.max() else { return false }
        let range = high > low ? high - low : abs(high)
        // Numbers that are not finite agree with nothing.
        return zip(scores, exact).allSatisfy { abs($0 - $1) <= tolerance * range }
    }
}

private final class TrialRequest {
    let request: InferRequest
    private let input: TensorMemory

    init(_ compiled: CompiledModel) throws(OpenVINOError) {
        request = try InferRequest(compiled)
        input = try request.inputTensor()
    }

    /// Patches of colour, others in each picture.
    func draw(_ picture: Int) throws(OpenVINOError) {
        let bytes = try input.bytes()
        var random = SplitMix64(UInt64(picture) + 1)
        let patch = max(1, bytes.count / 64)
        var value = 0.0
        for index in bytes.indices {
            if index % patch == 0 { value = random.value(in: 0...200) }
            bytes[index] = UInt8(value + random.value(in: 0...55))
        }
    }
}
