import Engine
import ONNX

/// What of the classifier is run again with something changed.
enum ProbeKind {
    /// From a layer that was changed on.
    case head
    /// All of it, with a mask before it.
    case masked
}

/// A part of a classifier, compiled for a batch of variants.
struct ProbedPart: Sendable {
    let part: BatchedPart
    let compiled: CompiledModel
    let classes: Int
    /// Whether it computes in 32 bits.
    let isExact: Bool
    /// The model's file.
    let path: String
}

/// The parts of a classifier that methods run again.
struct ProbedParts: Sendable {
    /// From each layer to the scores, in 32-bit floats whatever the forward model computes in: scores are compared with
    /// each other.
    private(set) var heads: [ProbedPart] = []
    /// From the masked picture to the scores.
    private(set) var masked: ProbedPart?
    /// From the noisy picture to the scores, and back to the layers.
    private(set) var noisy: NoisyModel?

    /// Variants that go through the whole classifier together: with more it is no faster, but takes more memory.
    static let picturesInBatch = 8
    private static let headsInBatch = 16
    /// Elements of a head's input, at most: 16 MB.
    private static let largestInput = 4_000_000

    /// None.
    init() {}

    /// - Parameters:
    ///   - model: is made to give out what the parts read beside their batches.
    ///   - batches: compiles what runs in batches, of which several go at once.
    init(
        _ model: inout Model, _ layers: [Layer], _ needs: MethodNeeds, scores: String, types: [String: TensorType],
        input: PictureInput, _ compiler: ModelCompiler, batches: ModelCompiler
    ) throws(InferError) {
        let whole = model.graph
        let source = PartSource(
            model: copy model, classes: types[scores]?.count ?? 0, compiler: compiler, batchCompiler: batches)
        var given: [String] = []
        var copy: (input: String, name: String)?
        if needs.contains(.headPasses) {
            for layer in layers {
                let size = types[layer.tensor]?.count ?? 1
                let batch = min(max(Self.largestInput / size, 1), Self.headsInBatch)
                let head = try source.part(batch, isExact: true) { batch throws(ONNXError) in
                    try BatchedPart(whole, from: layer.tensor, to: scores, batch: batch, types: types)
                }
                given += head.part.sides
                heads.append(head)
            }
        }
        let name = whole.freeName("\(input.name)/copy")
        if needs.contains(.inputPasses) {
            masked = try source.part(Self.picturesInBatch, isExact: false) { batch throws(ONNXError) in
                try BatchedPart(
                    whole, masking: input.name, copy: name, isChannelsFirst: input.isChannelsFirst, to: scores,
                    batch: batch, types: types)
            }
            copy = (input.name, name)
        }
        if needs.contains(.noisyGradients) {
            noisy = try source.noisy(layers, scores: scores, types: types) { () throws(ONNXError) in
                try BatchedPart(whole, addingTo: input.name, copy: name, to: scores, types: types)
            }
            copy = (input.name, name)
        }
        do throws(ONNXError) {
            model.graph = try whole.giving(given, copy: copy)
        } catch {
            throw .model(error)
        }
    }

    /// For the log.
    var notes: [String] {
        let parts = heads.map { ("from the layer on", $0) } + [masked].compactMap { $0.map { ("masked", $0) } }
        return parts.map { what, probed in
            probed.part.batch > 1
                ? "passes \(what): \(probed.part.batch) at once"
                : "passes \(what): one by one, since the model takes no several pictures at once"
        }
    }
}

/// What parts are compiled with.
struct PartSource {
    let model: Model
    let classes: Int
    let compiler: ModelCompiler
    let batchCompiler: ModelCompiler

    /// Compiles a part for a batch, or for one variant at a time where a batch is refused or comes out otherwise.
    func part(
        _ batch: Int, isExact: Bool, _ part: (_ batch: Int) throws(ONNXError) -> BatchedPart
    ) throws(InferError) -> ProbedPart {
        let single = try compile(part, 1, isExact)
        let one = try BatchRunner(single)
        guard batch > 1, let several = try? compile(part, batch, isExact), let runner = try? BatchRunner(several)
        else { return single }
        return runner.agrees(with: one) ? several : single
    }

    /// Compiles a part with noise on the picture, and what leads from its scores back to the layers.
    func noisy(
        _ layers: [Layer], scores: String, types: [String: TensorType], _ part: () throws(ONNXError) -> BatchedPart
    ) throws(InferError) -> NoisyModel {
        var model = model
        let written: BatchedPart
        do throws(ONNXError) {
            written = try part()
        } catch {
            throw .model(error)
        }
        model.graph = written.graph
        let wish = GradientWish(targets: layers.map(\.tensor), scores: scores)
        return NoisyModel(
            part: written,
            model: try DifferentiatedModel(
                model, [wish], types: types, input: nil, compiler: compiler,
                alternatives: GradientPlan.alternatives))
    }

    private func compile(
        _ part: (_ batch: Int) throws(ONNXError) -> BatchedPart, _ batch: Int, _ isExact: Bool
    ) throws(InferError) -> ProbedPart {
        var model = model
        let written: BatchedPart
        do throws(ONNXError) {
            written = try part(batch)
        } catch {
            throw .model(error)
        }
        model.graph = written.graph
        do throws(EngineError) {
            let compiled = try batchCompiler.compile(model, input: nil, isExact: isExact)
            return ProbedPart(
                part: written, compiled: compiled, classes: classes,
                isExact: compiled.precision(asked: isExact ? "f32" : "") == "f32", path: compiler.file)
        } catch {
            throw InferError(error)
        }
    }
}
