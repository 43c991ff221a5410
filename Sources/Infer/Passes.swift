import Engine
import ONNX
import Pipeline

/// The passes of one picture through the classifier: the forward pass, and those that methods ask for after it.
///
/// Holds the memory of one picture in flight; addresses stay the same for its whole life.
final class Passes {
    let classifier: CompiledClassifier
    /// 8-bit `[height, width, channels]`: the picture, to be filled before `start()`.
    let input: UnsafeMutableRawBufferPointer
    /// Float `[classes]`, of the last picture: the scores of the head that answers for it.
    private(set) var logits: UnsafeBufferPointer<Float>
    /// What class activation maps are made with: of the same head. Nil: no method asks for it.
    private(set) var head: ClassActivation?

    /// What gets maps of this picture: probes keep the scores of these.
    var explained: [ExplanationTarget] = []

    /// All passes until now.
    var counts: PassCounts { backward.values.reduce(others) { $0 + PassCounts(backward: $1.runs) } }
    private var others = PassCounts()

    private let forward: InferRequest
    private let layers: [FeatureMemory]
    private var backward: [GradientKind: GradientMemory] = [:]
    private var probes: [Probe: ProbeScores] = [:]
    private var noisy: NoisyPass?
    // The tensors keep the memory that the pointers point to.
    private let inputTensor: TensorMemory
    private let logitsTensor: TensorMemory
    private let ownLogits: UnsafeBufferPointer<Float>
    /// Of an anomaly model: both classes' numbers.
    private let verdict: UnsafeMutableBufferPointer<Float>
    /// Scores of a taught head; addresses are for one number of classes.
    private var taughtScores = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)

    private let runners: ProbeRunners

    /// - Parameter runners: of the same session.
    init(_ classifier: CompiledClassifier, _ runners: ProbeRunners) throws(OpenVINOError) {
        (self.classifier, self.runners) = (classifier, runners)
        forward = try InferRequest(classifier.compiled)
        inputTensor = try forward.inputTensor()
        logitsTensor = try forward.outputTensor(classifier.scores.logits)
        input = try inputTensor.bytes()
        ownLogits = try logitsTensor.floats()
        (logits, head) = (ownLogits, classifier.head)
        verdict = .allocate(capacity: classifier.anomaly == nil ? 0 : 2)
        verdict.initialize(repeating: 0)
        if classifier.anomaly != nil { logits = UnsafeBufferPointer(verdict) }
        var layers: [FeatureMemory] = []
        for layer in classifier.layers { layers.append(try FeatureMemory(layer, forward)) }
        self.layers = layers
        for (kind, model) in classifier.gradients {
            backward[kind] = try GradientMemory(model, of: forward)
        }
        noisy = try classifier.probed.noisy.map { model throws(OpenVINOError) in try NoisyPass(model, of: forward) }
    }

    deinit {
        taughtScores.deallocate()
        verdict.deallocate()
    }

    /// Starts the forward pass.
    func start() throws(OpenVINOError) {
        for layer in layers { layer.forget() }
        for gradients in backward.values { gradients.forget() }
        probes = [:]
        others.forward += 1
        try forward.start()
    }

    /// Waits for the forward pass.
    ///
    /// - Parameter taught: the head that answers for the picture, and needs the feature map alone; nil: the model's own.
    func wait(_ taught: TaughtActivation? = nil) throws(OpenVINOError) {
        try forward.wait()
        if let anomaly = classifier.anomaly {
            let score = anomaly.score(ownLogits.first, map: tensor(of: 0))
            (verdict[0], verdict[1]) = (1 - score, score)
            return
        }
        guard let taught, let pooled = classifier.pooledLayer else {
            (logits, head) = (ownLogits, classifier.head)
            return
        }
        if taughtScores.count != taught.head.labels.count {
            taughtScores.deallocate()
            taughtScores = .allocate(capacity: taught.head.labels.count)
            taughtScores.initialize(repeating: 0)
        }
        taught.score(tensor(of: pooled), into: taughtScores)
        (logits, head) = (UnsafeBufferPointer(taughtScores), taught.activation)
    }

    /// What heads are given of the picture: Float `[channels]`; nil: no method asks for a head.
    var features: [Float]? {
        guard let pooled = classifier.pooledLayer, let head = classifier.head else { return nil }
        return head.pooled(tensor(of: pooled))
    }

    /// Finds out whether what class activation maps are made with belongs to the scores of the last picture.
    ///
    /// - Parameters:
    ///   - top: the classes that are looked at.
    ///   - tolerance: share of the logits' range.
    /// - Throws: `.headDoesNotAddUp`.
    func checkHead(among top: [Int], tolerance: Float) throws(InferError) {
        guard let pooled = classifier.pooledLayer,
            let mismatch = head?.mismatch(among: top, tensor(of: pooled), logits: logits, tolerance: tolerance)
        else { return }
        throw .headDoesNotAddUp(
            model: classifier.path, classID: mismatch.classID, meanPlusBias: mismatch.meanPlusBias,
            logit: mismatch.logit, tolerance: mismatch.tolerance)
    }

    /// A layer as the model lays it out.
    func tensor(of layer: Int) -> UnsafeBufferPointer<Float> { layers[layer].tensor }

    /// A, Float `[channels, height, width]`; valid until the next picture.
    func activations(of layer: Int) -> UnsafeBufferPointer<Float> { layers[layer].activations }

    /// A value of the forward pass that a gradient was made with respect to, as the model lays it out.
    func value(of target: Int, _ kind: GradientKind) -> UnsafeBufferPointer<Float> { memory(kind).values[target] }

    /// G = Σ_c seed_c · dy_c/dA, Float `[channels, height, width]`; valid until the next call with another seed.
    ///
    /// - Parameter seed: Float `[classes]`.
    func gradients(of layer: Int, seed: [Float]) throws(InferError) -> UnsafeBufferPointer<Float> {
        layers[layer].planarGradients(try gradients(.layers, seed: seed)[layer])
    }

    /// Gradients with respect to each of a kind's targets, as the model lays them out; valid until the next call with
    /// another seed.
    func gradients(_ kind: GradientKind, seed: [Float]) throws(InferError) -> [UnsafeBufferPointer<Float>] {
        do throws(OpenVINOError) {
            return try memory(kind).gradients(seed: seed)
        } catch {
            throw .engine(path: classifier.path, error)
        }
    }

    /// G, and the Hessian's product with A: Float `[channels, height, width]`.
    func hessian(
        of layer: Int, seed: [Float]
    ) throws(InferError) -> (gradients: UnsafeBufferPointer<Float>, product: UnsafeBufferPointer<Float>) {
        do throws(OpenVINOError) {
            let found = try memory(.hessian(layer: layer)).hessianProduct(seed: seed, vector: tensor(of: layer))
            return (layers[layer].planarGradients(found.gradient), layers[layer].planarProduct(found.product))
        } catch {
            throw .engine(path: classifier.path, error)
        }
    }

    private struct Probe: Hashable {
        let kind: ProbeKind
        let layer: Int
        /// Each has variants of its own.
        let method: String
    }

    /// Scores of variants of the picture, in their order. What a method computed for one target is kept for the others.
    func probe(
        _ kind: ProbeKind, layer: Int, _ variants: Int, of target: ExplanationTarget, for method: String,
        fill: (_ variant: Int, UnsafeMutableBufferPointer<Float>) -> Void
    ) throws(InferError) -> ProbeScores {
        let probe = Probe(kind: kind, layer: layer, method: method)
        if let known = probes[probe], known.cover(target) { return known }
        let runner = runners.runner(kind, layer: layer)
        do throws(OpenVINOError) {
            try runner.attach(forward)
        } catch {
            throw .engine(path: classifier.path, error)
        }
        var scores = ProbeScores(explained.contains(target) ? explained : [target], variants: variants)
        others = others + (kind == .head ? PassCounts(head: variants) : PassCounts(forward: variants))
        try runner.run(variants, runners.monitor, for: method, fill: fill) { scores.append($1) }
        probes[probe] = scores
        return scores
    }

    /// Gradients of noisy pictures: as `Subject.noisyGradients`.
    func noisyGradients(
        of layer: Int, _ draws: Int, seed: [Float], for method: String,
        fill: (_ draw: Int, _ picture: UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void,
        take: (UnsafeBufferPointer<Float>) -> Void
    ) throws(InferError) {
        guard let noisy else { preconditionFailure("the method did not say that it needs this") }
        for draw in 0..<draws {
            guard !runners.monitor.isCancelled else { throw .cancelled }
            fill(draw, noisy.picture, noisy.noise)
            others = others + PassCounts(forward: 1, backward: 1)
            do throws(OpenVINOError) {
                take(layers[layer].planarGradients(try noisy.gradients(seed: seed)[layer]))
            } catch {
                throw .engine(path: classifier.path, error)
            }
            runners.monitor.report(method, done: draw + 1, of: draws)
        }
    }

    private func memory(_ kind: GradientKind) -> GradientMemory {
        guard let memory = backward[kind] else { preconditionFailure("the method did not say that it needs this") }
        return memory
    }
}

/// A layer's activations and gradients, channels first.
private final class FeatureMemory {
    /// As the model lays it out.
    let tensor: UnsafeBufferPointer<Float>
    private let owner: TensorMemory
    /// Where the model has the channels last: turned copies.
    private let copies: (activations: PlanarCopy, gradients: PlanarCopy, product: PlanarCopy)?
    private var isTurned = false

    init(_ layer: Layer, _ forward: borrowing InferRequest) throws(OpenVINOError) {
        owner = try forward.outputTensor(layer.tensor)
        tensor = try owner.floats()
        let isPlanar = layer.layout == .channelsFirst
        copies = isPlanar ? nil : (PlanarCopy(layer), PlanarCopy(layer), PlanarCopy(layer))
    }

    func forget() { isTurned = false }

    var activations: UnsafeBufferPointer<Float> {
        guard let copies else { return tensor }
        if !isTurned { copies.activations.fill(from: tensor) }
        isTurned = true
        return copies.activations.values
    }

    func planarGradients(_ values: UnsafeBufferPointer<Float>) -> UnsafeBufferPointer<Float> {
        copies?.gradients.filled(from: values) ?? values
    }

    func planarProduct(_ values: UnsafeBufferPointer<Float>) -> UnsafeBufferPointer<Float> {
        copies?.product.filled(from: values) ?? values
    }
}

/// A backward pass that is run once for each picture and seed.
private final class GradientMemory {
    /// How often it was run.
    private(set) var runs = 0
    private let backward: BackwardPass
    /// Of each target, in the forward pass.
    let values: [UnsafeBufferPointer<Float>]
    private var seed: [Float] = []
    private var results: [UnsafeBufferPointer<Float>] = []
    // Keep the memory that the pointers point to.
    private let owners: [TensorOwner]

    init(_ model: BackwardModel, of forward: borrowing InferRequest) throws(OpenVINOError) {
        backward = try BackwardPass(model, of: forward)
        var (values, owners): ([UnsafeBufferPointer<Float>], [TensorOwner]) = ([], [])
        for target in model.gradient.targets {
            let owner = TensorOwner(try forward.outputTensor(target.output))
            values.append(try owner.tensor.floats())
            owners.append(owner)
        }
        (self.values, self.owners) = (values, owners)
    }

    func forget() { seed = [] }

    func gradients(seed: [Float]) throws(OpenVINOError) -> [UnsafeBufferPointer<Float>] {
        if seed != self.seed {
            runs += 1
            results = try backward.gradients(weights: seed)
            self.seed = seed
        }
        return results
    }

    func hessianProduct(
        seed: [Float], vector: UnsafeBufferPointer<Float>
    ) throws(OpenVINOError) -> (gradient: UnsafeBufferPointer<Float>, product: UnsafeBufferPointer<Float>) {
        runs += 1
        return try backward.hessianProduct(weights: seed, vector: vector)
    }
}
