import Engine
import ONNX
import Pipeline

/// A classifier, compiled, that gives out the tensors that maps are made of. It is the same for all pictures: any number
/// of sessions may run it.
final class CompiledClassifier: Sendable {
    let path: String
    let input: ModelInput
    /// The model's own input tensor, which methods differentiate with respect to.
    let imageInput: ImageInput
    let classes: Int
    /// What explains each picture, at least one.
    let methods: [MethodOnLayers]
    /// What the engine computes in, such as "f32" or "bf16".
    let precision: String
    /// What was measured to choose it.
    let speed: EngineChoice
    let requestsInFlight: Int
    /// How far maps and scores may differ, as a share of the logits' range: rounding in the network's own precision.
    let headTolerance: Float
    /// The same of sums in 32-bit floats.
    static let exactTolerance: Float = 1e-3
    /// How maps are made and why so, for the log.
    let notes: [String]
    /// What a user should mend.
    let warnings: [String]
    /// Where the model's output is the map; nil: maps are computed.
    let maps: MapFacts?
    /// Of an anomaly model.
    var anomaly: AnomalyReading? { maps?.anomaly }
    private let parts: ClassifierParts

    var compiled: CompiledModel { parts.compiled }
    var scores: ClassScores { parts.scores }
    /// What is mapped; none where the methods map the picture itself.
    var layers: [Layer] { parts.layers }
    /// Position of what the head pools among the layers.
    var pooledLayer: Int? { head.flatMap { head in layers.firstIndex { $0.tensor == head.head.target } } }
    /// For CAM.
    var head: ClassActivation? { parts.head }
    /// For methods that need gradients.
    var gradients: [GradientKind: BackwardModel] { parts.gradients }
    /// For Full-Grad: in the order of its gradient's targets behind the first, which is the picture.
    var biases: [BiasedTensor] { parts.biases }
    /// For methods that run the classifier again.
    var probed: ProbedParts { parts.probed }

    /// - Parameter shared: what others have compiled.
    convenience init(_ read: ReadModel, _ config: InferConfig, shared: SharedModels? = nil) throws(InferError) {
        if read.files.isDetector { throw .isDetector(model: read.files.path, asked: "this command") }
        if let maps = read.files.maps {
            try self.init(showing: maps, read, config, shared: shared)
        } else {
            try self.init(explaining: read, config, shared: shared)
        }
    }

    /// A model that makes its maps itself.
    private init(
        showing maps: MapOutputs, _ read: ReadModel, _ config: InferConfig, shared: SharedModels?
    ) throws(InferError) {
        let files = read.files
        path = files.path
        try Self.checkMaps(config, model: path)
        (imageInput, input) = try files.pictureInput()
        // Borders would count in scores, shares and scales.
        if input.resize == .letterbox { throw .bordersInMap(model: path) }
        let graphs = shared?.graphs(of: read)
        let compiler = try ModelCompiler(for: config, model: path, graphs)
        var config = config
        // Distances between features are differences of large numbers, which 16 bits do not hold.
        if maps.kind == .anomaly, config.precision == .auto { config.precision = .f32 }
        let (speed, speedNotes) = Self.speed(files.model, input.pictureInput, config, compiler, graphs)
        let compiled: CompiledModel
        do throws(EngineError) {
            compiled = try compiler.with(speed.options).compile(files.model, input: input.pictureInput)
        } catch {
            throw InferError(error)
        }
        let facts = try MapFacts(maps, files.card, compiled, model: path)
        self.maps = facts
        methods = [MethodOnLayers(method: facts.method, layers: [0])]
        parts = ClassifierParts(compiled: compiled, scores: facts.scores, layers: [facts.layer])
        do throws(OpenVINOError) {
            requestsInFlight = try compiled.bestRequestCount()
        } catch {
            throw .engine(path: path, error)
        }
        (precision, classes) = (compiled.precision(asked: speed.options.precision), facts.classes)
        (headTolerance, self.speed) = (Self.exactTolerance, speed)
        warnings = CacheFolder.takeWarning().map { [$0] } ?? []
        notes = facts.notes + Self.notes(config.device, compiled, speed, speedNotes)
    }

    /// A classifier, whose maps are computed.
    private init(explaining read: ReadModel, _ config: InferConfig, shared: SharedModels?) throws(InferError) {
        let files = read.files
        path = files.path
        maps = nil
        let names = config.methodsInUse
        guard !names.contains(.best) else { throw .bestOfNothing }
        // Side by side with others, what maps the picture itself leaves the layers to them.
        for name in names where names.count == 1 || !name.mapsPicture { try name.check(layers: config.layers) }
        var model = files.model
        (imageInput, input) = try files.pictureInput()
        let picture = input.pictureInput
        let graphs = shared?.graphs(of: read)
        var compiler = try ModelCompiler(for: config, model: path, graphs)
        try TypedGraph.unfuse(&model, input: picture, compiler: compiler)
        let named = config.layers.isEmpty ? files.card.layer.map { [$0] } ?? [] : config.layers
        let typed = try named.isEmpty ? nil : TypedGraph(model, input: picture, compiler: compiler)
        let wanted = try typed?.layers(named) ?? []
        var set: MethodSet
        do throws(ONNXError) {
            set = try MethodSet(names, model.graph, layers: wanted.map(\.tensor))
            try model.graph.dequantiseWeights()
        } catch {
            throw .model(error)
        }
        let (speed, speedNotes) = Self.speed(model, picture, config, compiler, graphs)
        compiler = compiler.with(speed.options, isKept: config.keepsCompiled)
        var batches = speed.options
        batches.hint = .throughput
        let making = PartsMaking(
            model: model, typed: typed, wanted: wanted, picture: imageInput.name, input: picture, compiler: compiler,
            batchCompiler: compiler.with(batches, isKept: config.keepsCompiled), shared: shared
        ) { set in
            read.identity.map { PartsKey($0, picture, layers: named, speed.options, set) }
        }
        let parts: ClassifierParts
        do throws(InferError) {
            parts = try making(set)
        } catch {
            guard case .model(let cause) = error, set.avoidGradient(after: cause) else { throw error }
            parts = try making(set)
        }
        let methods = set.make(parts.layers, config.methodOptions)
        self.methods = methods
        self.parts = parts
        let scoreShape: [Int]
        do throws(OpenVINOError) {
            scoreShape = try parts.compiled.outputShape(parts.scores.logits)
            requestsInFlight = try parts.compiled.bestRequestCount()
        } catch {
            throw .engine(path: path, error)
        }
        precision = parts.compiled.precision(asked: speed.options.precision)
        classes = scoreShape.reduce(1, *)
        guard classes > 1 else {
            throw .unexpectedShape(
                model: path, tensor: parts.scores.logits, shape: scoreShape, expected: "[1, classes]")
        }
        // Half-precision files hold weights that were rounded, but also pool in 16 bits.
        let isExact =
            precision == "f32" && imageInput.elementType == .float32 && parts.head?.head.isQuantised != true
        headTolerance = isExact ? Self.exactTolerance : 3e-2
        self.speed = speed
        warnings = CacheFolder.takeWarning().map { [$0] } ?? []
        notes =
            zip(set.choices, methods).flatMap { [input] in
                Self.notes($0, $1.layers.map { parts.layers[$0] }, input)
            } + parts.probed.notes + Self.notes(config.device, parts.compiled, speed, speedNotes)
    }

    private static func speed(
        _ model: borrowing Model, _ input: PictureInput, _ config: InferConfig, _ compiler: ModelCompiler,
        _ graphs: SharedGraphs?
    ) -> MeasuredSpeed {
        let choose = EngineChooser(
            model, input, on: config.device, in: config.precision, at: config.pace, compiler)
        guard let graphs else { return choose() }
        return graphs.speed(on: config.device, in: config.precision, at: config.pace) { choose() }
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

    /// What computes, and how.
    private static func notes(
        _ device: Device, _ compiled: CompiledModel, _ speed: EngineChoice, _ speedNotes: [String]
    ) -> [String] {
        compiled.note(on: device) + (speed.hintNote.map { [$0] } ?? []) + speedNotes
    }
}

extension CompiledModel {
    /// Where another device than the usual one was asked for: what became of that.
    func note(on device: Device) -> [String] {
        guard device != .cpu else { return [] }
        let devices = devices
        return [
            "device: \(device.name)" + (devices.isEmpty || devices == device.name ? "" : ", computed on \(devices)")
        ]
    }
}

extension ModelCompiler {
    /// Infers types of a model; to compile, say how: see `with`.
    init(for config: InferConfig, model: String, _ graphs: SharedGraphs?) throws(InferError) {
        do throws(EngineError) {
            self = try ModelCompiler(file: model, shared: graphs)
            do throws(DeviceError) { try core.check(config.device) } catch { throw .device(error) }
        } catch {
            throw InferError(error)
        }
    }
}
