import ONNX

/// Of a compiled classifier, what depends on the method.
struct EngineParts {
    let compiled: CompiledModel
    let scores: ClassScores
    var head: ClassActivation?
    let layers: [Layer]
    var gradients: [GradientKind: BackwardModel] = [:]
    var biases: [BiasedTensor] = []
    var probed = ProbedParts()
}

/// What tells parts of one run from each other: methods that need the same have the same parts.
struct EnginePartsKey: Hashable {
    private let model: [String?]
    private let layers: [String]
    private let settings: EngineSettings
    private var needs = 0
    private var isOfPicture = false

    /// - Parameter layers: as they were named; none: the default one.
    init(_ config: InferConfig, layers: [String], _ settings: EngineSettings) {
        model = [config.model, config.card, config.outputTensor]
        (self.layers, self.settings) = (layers, settings)
    }

    func with(_ needs: MethodNeeds) -> EnginePartsKey {
        var key = self
        // For these two nothing is compiled.
        key.needs = needs.subtracting([.previous, .activations]).rawValue
        key.isOfPicture = needs.isOfPicture
        return key
    }
}

/// Makes the parts of methods that do not read the classifier's head, or finds them where another explainer has them.
struct EnginePartsMaking {
    let model: Model
    /// Nil: made where it is needed.
    let typed: TypedGraph?
    /// Layers that are named; none: the default one.
    let wanted: [Layer]
    /// The model's input tensor.
    let picture: String
    let input: ModelInput
    let compiler: ModelCompiler
    /// For what runs many times for one picture.
    let batchCompiler: ModelCompiler
    let shared: SharedModels?
    let key: EnginePartsKey

    func callAsFunction(_ needs: MethodNeeds) throws(InferError) -> EngineParts {
        let key = key.with(needs)
        if let known = shared?.parts(key) { return known }
        var found = typed
        if found == nil { found = try TypedGraph(model, input: input, compiler: compiler) }
        let parts = try make(needs, found!)
        shared?.keep(parts, key)
        return parts
    }

    private func make(_ needs: MethodNeeds, _ typed: TypedGraph) throws(InferError) -> EngineParts {
        var model = model
        var layers = wanted
        if needs.isOfPicture {
            layers = []
        } else if layers.isEmpty {
            guard let last = typed.defaultLayer else { throw .noFeatureMap(model: model.file) }
            layers = [last]
        }
        let probed = try ProbedParts(
            &model, layers, needs, scores: typed.scores.logits, types: typed.types, input: input.pictureInput, compiler,
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
            model, plan.wishes, types: plan.types, input: input.pictureInput, compiler: compiler,
            alternatives: GradientPlan.alternatives)
        return EngineParts(
            compiled: differentiated.forward, scores: typed.scores, layers: layers,
            gradients: Dictionary(uniqueKeysWithValues: zip(plan.kinds, differentiated.backward)), biases: plan.biases,
            probed: probed)
    }
}
