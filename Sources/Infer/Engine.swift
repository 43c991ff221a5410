import Foundation
import ONNX
import Pipeline

/// A classifier, compiled, that gives out the tensors that maps are made of.
final class Engine {
    let path: String
    let compiled: CompiledModel
    let input: ModelInput
    let scores: ClassScores
    let classes: Int
    let method: any CAMMethod
    /// What is mapped.
    let layers: [Layer]
    /// For CAM.
    let head: ClassActivation?
    /// For methods that need gradients.
    let gradient: DifferentiatedModel?
    /// What the engine computes in, such as "f32" or "bf16".
    let precision: String
    let requestsInFlight: Int
    /// How far maps and scores may differ, as a share of the logits' range: rounding in the network's own precision.
    let headTolerance: Float
    /// How maps are made and why so, for the log.
    let notes: [String]

    /// - Parameter layer: the tensor or node to map; nil: found from the graph.
    init(_ files: consuming ModelFiles, layer: String?, _ config: InferConfig) throws(InferError) {
        path = files.path
        let choice: MethodChoice
        let graphInput: ImageInput
        do throws(ONNXError) {
            graphInput = try files.model.graph.imageInput(layout: files.card.input.layout?.tensorLayout)
            choice = try MethodChoice(config.method, files.model.graph, layer: layer)
            // Later changes of the graph keep these outputs.
            if let head = choice.head {
                for tensor in [head.target, head.logits] { try files.model.graph.addOutput(tensor) }
            }
            try files.model.graph.dequantiseWeights()
        } catch {
            throw .model(error)
        }
        input = try ModelInput(files.card.input, graphInput, model: path)
        method = choice.method.init(config.methodOptions)
        let properties = Self.properties(config.precision)
        if let head = choice.head {
            let found = try Self.readingHead(files.model, head, input, properties)
            (compiled, self.head, gradient) = (found.compiled, found.activation, nil)
            scores = head.scores
            classes = found.classes
            layers = [
                Layer(
                    tensor: head.target, op: "", layout: head.layout == .channelsFirst ? .channelsFirst : .channelsLast,
                    channels: found.activation.channels, height: found.activation.height, width: found.activation.width)
            ]
        } else {
            let found = try Self.differentiating(files.model, layer, input, properties)
            (compiled, head, gradient) = (found.model.forward, nil, found.model)
            (scores, layers) = (found.scores, [found.layer])
            classes = found.model.gradient.scores.type.count
            guard classes > 1 else {
                throw .unexpectedShape(
                    model: path, tensor: scores.logits, shape: found.model.gradient.scores.type.shape,
                    expected: "[1, classes]")
            }
        }
        do throws(OpenVINOError) {
            precision = try compiled.property("INFERENCE_PRECISION_HINT")
            requestsInFlight = max(1, Int(try compiled.property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")) ?? 1)
        } catch {
            throw .engine(path: path, error)
        }
        // Half-precision files hold weights that were rounded, but also pool in 16 bits.
        let isExact = precision == "f32" && graphInput.elementType == .float32 && head?.head.isQuantised != true
        headTolerance = isExact ? 1e-3 : 3e-2
        notes = Self.notes(choice, layers)
    }

    private static func notes(_ choice: MethodChoice, _ layers: [Layer]) -> [String] {
        let maps = layers.map { "\($0.width)x\($0.height) of \($0.tensor)" }.joined(separator: ", ")
        var notes = ["method: \(choice.method.title), map \(maps)"]
        if let head = choice.head { notes.append("CAM head: \(head.description)") }
        if let reason = choice.reason { notes.append("\(choice.method.title) rather than CAM, because \(reason)") }
        return notes
    }

    private static func readingHead(
        _ model: consuming Model, _ head: CAMHead, _ input: ModelInput, _ properties: [String: String]
    ) throws(InferError) -> (compiled: CompiledModel, activation: ClassActivation, classes: Int) {
        let path = model.file
        let bytes: [UInt8]
        do throws(ONNXError) {
            bytes = try model.serialized()
        } catch {
            throw .model(error)
        }
        let compiled: CompiledModel
        let shapes: (target: [Int], logits: [Int])
        do throws(OpenVINOError) {
            compiled = try compile(bytes, input, properties)
            shapes = (try compiled.outputShape(head.target), try compiled.outputShape(head.logits))
        } catch {
            throw .engine(path: path, error)
        }
        let (activation, classes) = try ClassActivation.checked(head, shapes.target, shapes.logits, model: path)
        return (compiled, activation, classes)
    }

    private static func differentiating(
        _ model: consuming Model, _ layer: String?, _ input: ModelInput, _ properties: [String: String]
    ) throws(InferError) -> (model: DifferentiatedModel, scores: ClassScores, layer: Layer) {
        let path = model.file
        let scores: ClassScores
        let target: String?
        do throws(ONNXError) {
            scores = try model.graph.classScores()
            let graph = model.graph
            target = try layer.map { name throws(ONNXError) in try graph.tensor(named: name) }
        } catch {
            throw .model(error)
        }
        let core: Core
        do throws(OpenVINOError) {
            core = try Core()
        } catch {
            throw .engine(path: path, error)
        }
        let differentiated = try DifferentiatedModel(
            model, from: target, to: scores.logits, input: input.pictureInput, core: core, properties: properties)
        let (name, type) = differentiated.gradient.target
        guard type.shape.count == 4, type.shape[0] == 1 else {
            throw .unexpectedShape(
                model: path, tensor: name, shape: type.shape, expected: "[1, channels, height, width]")
        }
        let found = Layer(
            tensor: name, op: "", layout: .channelsFirst, channels: type.shape[1], height: type.shape[2],
            width: type.shape[3])
        return (differentiated, scores, found)
    }

    /// One thread an inference and several inferences at once: while an encoder keeps the cores busy, splitting one
    /// inference over them takes longer and costs more (docs/benchmarks.md).
    private static func properties(_ precision: InferConfig.Precision) -> [String: String] {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        var properties = [
            "PERFORMANCE_HINT": "THROUGHPUT",
            "PERFORMANCE_HINT_NUM_REQUESTS": "\(min(cores, 8))",
        ]
        if precision != .auto { properties["INFERENCE_PRECISION_HINT"] = precision.rawValue }
        if let folder = cacheFolder() { properties["CACHE_DIR"] = folder }
        return properties
    }

    private static func compile(
        _ bytes: [UInt8], _ input: ModelInput, _ properties: [String: String]
    ) throws(OpenVINOError) -> CompiledModel {
        let core = try Core()
        let picture = input.pictureInput
        // The closure form loses the typed error.
        let result = bytes.withUnsafeBytes { bytes in
            Result<CompiledModel, OpenVINOError> { () throws(OpenVINOError) in
                try core.compile(onnx: bytes, input: picture, properties: properties)
            }
        }
        return try result.get()
    }

    /// Where compiled models are kept; nil where no folder can be made, which costs only time.
    private static func cacheFolder() -> String? {
        let environment = ProcessInfo.processInfo.environment
        let base: URL
        if let given = environment["XDG_CACHE_HOME"], given.hasPrefix("/") {
            base = URL(filePath: given)
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            base = URL(filePath: home).appending(path: ".cache")
        } else {
            return nil
        }
        let folder = base.appending(path: "camstream")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            return nil
        }
        return FileManager.default.isWritableFile(atPath: folder.path) ? folder.path : nil
    }
}
