import ONNX
import Pipeline

/// A classifier, compiled, that gives out the tensors that maps are made of.
final class Engine {
    let path: String
    let compiled: CompiledModel
    let input: ModelInput
    /// The model's own input tensor, which methods differentiate with respect to.
    let imageInput: ImageInput
    let scores: ClassScores
    let classes: Int
    let method: any CAMMethod
    /// What is mapped; none where the method maps the picture itself.
    let layers: [Layer]
    /// For CAM.
    let head: ClassActivation?
    /// For methods that need gradients.
    let gradients: [GradientKind: BackwardModel]
    /// For Full-Grad: in the order of its gradient's targets behind the first, which is the picture.
    let biases: [BiasedTensor]
    /// For methods that run the classifier again.
    let probed: ProbedParts
    let monitor: PassMonitor
    /// What the engine computes in, such as "f32" or "bf16".
    let precision: String
    /// What was measured to choose it.
    let speed: EngineChoice
    let requestsInFlight: Int
    /// How far maps and scores may differ, as a share of the logits' range: rounding in the network's own precision.
    let headTolerance: Float
    /// How maps are made and why so, for the log.
    let notes: [String]
    /// What a user should mend.
    let warnings: [String]

    init(
        _ files: consuming ModelFiles, _ config: InferConfig, _ monitor: PassMonitor = PassMonitor(),
        shared: SharedModels? = nil
    ) throws(InferError) {
        path = files.path
        self.monitor = monitor
        try config.method.check(layers: config.layers)
        do throws(ONNXError) {
            imageInput = try files.model.graph.imageInput(layout: files.card.input.layout?.tensorLayout)
        } catch {
            throw .model(error)
        }
        input = try ModelInput(files.card.input, imageInput, model: path, sources: files.origins)
        var compiler = try ModelCompiler(file: path, shared: shared)
        try TypedGraph.unfuse(&files.model, input: input, compiler: compiler)
        let named = config.layers.isEmpty ? files.card.layer.map { [$0] } ?? [] : config.layers
        let typed = try named.isEmpty ? nil : TypedGraph(files.model, input: input, compiler: compiler)
        let wanted = try typed?.layers(named) ?? []
        var choice: MethodChoice
        do throws(ONNXError) {
            choice = try MethodChoice(config.method, files.model.graph, layers: wanted.map(\.tensor))
            try files.model.graph.dequantiseWeights()
        } catch {
            throw .model(error)
        }
        let (speed, speedNotes) = Self.speed(files.model, input, config, compiler, shared)
        compiler = compiler.with(speed.settings)
        let parts: EngineParts
        if let head = choice.head {
            parts = try Self.readingHead(files.model, head, input, compiler)
        } else {
            let making = EnginePartsMaking(
                model: files.model, typed: typed, wanted: wanted, picture: imageInput.name, input: input,
                compiler: compiler,
                batchCompiler: compiler.with(EngineSettings(precision: speed.settings.precision, sharing: .apart)),
                shared: shared,
                key: EnginePartsKey(config, layers: named, speed.settings))
            do throws(InferError) {
                parts = try making(choice.method.needs)
            } catch {
                guard case .model(let cause) = error, choice.avoidGradient(after: cause) else { throw error }
                parts = try making(choice.method.needs)
            }
        }
        choice.suit(parts.layers)
        method = choice.method.init(config.methodOptions)
        scores = parts.scores
        (compiled, head, gradients, probed) = (parts.compiled, parts.head, parts.gradients, parts.probed)
        (layers, biases) = (parts.layers, parts.biases)
        let scoreShape: [Int]
        do throws(OpenVINOError) {
            scoreShape = try compiled.outputShape(scores.logits)
            precision = try compiled.property("INFERENCE_PRECISION_HINT")
            requestsInFlight = max(1, Int(try compiled.property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")) ?? 1)
        } catch {
            throw .engine(path: path, error)
        }
        classes = scoreShape.reduce(1, *)
        guard classes > 1 else {
            throw .unexpectedShape(
                model: path, tensor: scores.logits, shape: scoreShape, expected: "[1, classes]")
        }
        // Half-precision files hold weights that were rounded, but also pool in 16 bits.
        let isExact = precision == "f32" && imageInput.elementType == .float32 && head?.head.isQuantised != true
        headTolerance = isExact ? 1e-3 : 3e-2
        self.speed = speed
        warnings = CacheFolder.takeWarning().map { [$0] } ?? []
        notes = Self.notes(choice, layers, input) + probed.notes + (speed.sharingNote.map { [$0] } ?? []) + speedNotes
    }

    private static func speed(
        _ model: borrowing Model, _ input: ModelInput, _ config: InferConfig, _ compiler: ModelCompiler,
        _ shared: SharedModels?
    ) -> SharedModels.Speed {
        let key = "\(model.file) \(config.precision) \(config.pace)"
        if let known = shared?.speed(key) { return known }
        let speed = EngineChooser(model, input, config, compiler)()
        shared?.keep(speed, key)
        return speed
    }

    private static func notes(_ choice: MethodChoice, _ layers: [Layer], _ input: ModelInput) -> [String] {
        let maps =
            layers.isEmpty
            ? "\(input.width)x\(input.height) of the picture"
            : layers.map { "\($0.width)x\($0.height) of \($0.tensor)" }.joined(separator: ", ")
        var notes = ["method: \(choice.method.title), map \(maps)"]
        if let head = choice.head { notes.append("CAM head: \(head.description)") }
        return notes + choice.reasons
    }

    private static func readingHead(
        _ model: consuming Model, _ head: CAMHead, _ input: ModelInput, _ compiler: ModelCompiler
    ) throws(InferError) -> EngineParts {
        let path = model.file
        do throws(ONNXError) {
            for tensor in [head.target, head.logits] { try model.graph.addOutput(tensor) }
        } catch {
            throw .model(error)
        }
        let compiled = try compiler.compile(model, input: input.pictureInput)
        let shapes: (target: [Int], logits: [Int])
        do throws(OpenVINOError) {
            shapes = (try compiled.outputShape(head.target), try compiled.outputShape(head.logits))
        } catch {
            throw .engine(path: path, error)
        }
        let (activation, _) = try ClassActivation.checked(head, shapes.target, shapes.logits, model: path)
        let layer = Layer(
            tensor: head.target, op: "", layout: head.layout == .channelsFirst ? .channelsFirst : .channelsLast,
            channels: activation.channels, height: activation.height, width: activation.width)
        return EngineParts(compiled: compiled, scores: head.scores, head: activation, layers: [layer])
    }
}
