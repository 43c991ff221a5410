import Engine
import ONNX

/// Of a compiled classifier, what depends on what a method needs; any number of sessions may run it.
final class ClassifierParts: Sendable {
    let compiled: CompiledModel
    let scores: ClassScores
    /// For CAM.
    let head: ClassActivation?
    /// What is mapped; none where the method maps the picture itself.
    let layers: [Layer]
    /// For methods that need gradients.
    let gradients: [GradientKind: BackwardModel]
    /// For Full-Grad: in the order of its gradient's targets behind the first, which is the picture.
    let biases: [BiasedTensor]
    /// For methods that run the classifier again.
    let probed: ProbedParts

    init(
        compiled: CompiledModel, scores: ClassScores, head: ClassActivation? = nil, layers: [Layer],
        gradients: [GradientKind: BackwardModel] = [:], biases: [BiasedTensor] = [], probed: ProbedParts = ProbedParts()
    ) {
        (self.compiled, self.scores, self.head, self.layers) = (compiled, scores, head, layers)
        (self.gradients, self.biases, self.probed) = (gradients, biases, probed)
    }
}

/// What tells parts from each other: methods that need the same have the same parts.
struct PartsKey: Hashable {
    /// As `ReadModel.identity`.
    let model: String
    let input: PictureInput
    /// As they were named; none: the default one.
    let layers: [String]
    let options: EngineOptions
    private let needs: Int
    private let isOfPicture: Bool
    private let readsHeadAlone: Bool

    init(
        _ model: String, _ input: PictureInput, layers: [String], _ options: EngineOptions, _ methods: MethodSet
    ) {
        (self.model, self.input, self.layers, self.options) = (model, input, layers, options)
        // For these two nothing is compiled.
        needs = methods.needs.subtracting([.previous, .activations]).rawValue
        isOfPicture = methods.needs.isOfPicture
        readsHeadAlone = methods.readsHeadAlone
    }
}

/// Makes the parts of methods, or finds them where another explainer has them.
struct PartsMaking {
    let model: Model
    /// Nil: made where it is needed.
    let typed: TypedGraph?
    /// Layers that are named; none: the default one.
    let wanted: [Layer]
    /// The model's input tensor.
    let picture: String
    let input: PictureInput
    let compiler: ModelCompiler
    /// For what runs many times for one picture.
    let batchCompiler: ModelCompiler
    let shared: SharedModels?
    /// nil: what is made cannot be told from others.
    let key: (MethodSet) -> PartsKey?

    func callAsFunction(_ methods: MethodSet) throws(InferError) -> ClassifierParts {
        guard let shared, let key = key(methods) else { return try make(methods) }
        return try shared.parts(key) { () throws(InferError) in try make(methods) }
    }

    private func make(_ methods: MethodSet) throws(InferError) -> ClassifierParts {
        if methods.readsHeadAlone, let head = methods.head { return try reading(head) }
        guard let typed else { return try make(methods, try TypedGraph(model, input: input, compiler: compiler)) }
        return try make(methods, typed)
    }

    private func make(_ methods: MethodSet, _ typed: TypedGraph) throws(InferError) -> ClassifierParts {
        let needs = methods.needs
        var model = model
        var layers = wanted
        if needs.isOfPicture {
            layers = []
        } else if layers.isEmpty, methods.mapsDefaultLayer {
            guard let last = typed.defaultLayer else { throw .noFeatureMap(model: model.file) }
            layers = [last]
        }
        if let head = methods.head {
            guard head.logits == typed.scores.logits, let pooled = typed.layer(pooledBy: head) else {
                throw .scoresDiffer(model: model.file, head: head.logits, others: typed.scores.logits)
            }
            if !layers.contains(where: { $0.tensor == pooled.tensor }) { layers.append(pooled) }
        }
        let probed = try ProbedParts(
            &model, layers, needs, scores: typed.scores.logits, types: typed.types, input: input, compiler,
            batches: batchCompiler)
        let plan: GradientPlan
        do throws(ONNXError) {
            for tensor in layers.map(\.tensor) + [typed.scores.logits] { try model.graph.addOutput(tensor) }
            plan = try GradientPlan(
                needs, layers: layers, picture: picture, scores: typed.scores.logits, types: typed.types,
                in: &model.graph)
        } catch {
            throw .model(error)
        }
        let differentiated = try DifferentiatedModel(
            model, plan.wishes, types: plan.types, input: input, compiler: compiler,
            alternatives: GradientPlan.alternatives)
        return ClassifierParts(
            compiled: differentiated.forward, scores: typed.scores,
            head: try methods.head.map { head throws(InferError) in
                try activation(of: head, differentiated.forward).head
            },
            layers: layers,
            gradients: Dictionary(uniqueKeysWithValues: zip(plan.kinds, differentiated.backward)), biases: plan.biases,
            probed: probed)
    }

    private func reading(_ head: CAMHead) throws(InferError) -> ClassifierParts {
        var model = model
        do throws(ONNXError) {
            for tensor in [head.target, head.logits] { try model.graph.addOutput(tensor) }
        } catch {
            throw .model(error)
        }
        let compiled: CompiledModel
        do throws(EngineError) {
            compiled = try compiler.compile(model, input: input)
        } catch {
            throw InferError(error)
        }
        let (activation, layer) = try activation(of: head, compiled)
        return ClassifierParts(compiled: compiled, scores: head.scores, head: activation, layers: [layer])
    }

    private func activation(
        of head: CAMHead, _ compiled: CompiledModel
    ) throws(InferError) -> (head: ClassActivation, layer: Layer) {
        let shapes: (target: [Int], logits: [Int])
        do throws(OpenVINOError) {
            shapes = (try compiled.outputShape(head.target), try compiled.outputShape(head.logits))
        } catch {
            throw .engine(path: model.file, error)
        }
        let (activation, _) = try ClassActivation.checked(head, shapes.target, shapes.logits, model: model.file)
        let layer = Layer(
            tensor: head.target, op: "", layout: head.layout == .channelsFirst ? .channelsFirst : .channelsLast,
            channels: activation.channels, height: activation.height, width: activation.width)
        return (activation, layer)
    }
}
