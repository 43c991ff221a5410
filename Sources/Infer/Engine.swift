import Foundation
import ONNX
import Pipeline

/// A classifier, compiled, that gives out the two tensors that a class activation map needs.
struct Engine {
    let path: String
    let compiled: CompiledModel
    let input: ModelInput
    let activation: ClassActivation
    let classes: Int
    /// What the engine computes in, such as "f32" or "bf16".
    let precision: String
    let requestsInFlight: Int
    /// How far maps and scores may differ, as a share of the logits' range: rounding in the network's own precision.
    let headTolerance: Float

    var head: CAMHead { activation.head }

    /// - Parameter layer: the tensor or node to map; nil: found from the graph.
    init(_ files: consuming ModelFiles, layer: String?, precision: InferConfig.Precision) throws(InferError) {
        path = files.path
        let head: CAMHead
        let graphInput: ImageInput
        do throws(ONNXError) {
            graphInput = try files.model.graph.imageInput(layout: files.card.input.layout?.tensorLayout)
            head = try files.model.graph.camHead(layer: layer)
            for tensor in [head.target, head.logits] { try files.model.graph.addOutput(tensor) }
            try files.model.graph.dequantiseWeights()
        } catch {
            throw .model(error)
        }
        input = try ModelInput(files.card.input, graphInput, model: path)
        let bytes: [UInt8]
        do throws(ONNXError) {
            bytes = try files.model.serialized()
        } catch {
            throw .model(error)
        }
        let shapes: (target: [Int], logits: [Int])
        do throws(OpenVINOError) {
            compiled = try Self.compile(bytes, input, precision)
            self.precision = try compiled.property("INFERENCE_PRECISION_HINT")
            requestsInFlight = max(1, Int(try compiled.property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")) ?? 1)
            shapes = (try compiled.outputShape(head.target), try compiled.outputShape(head.logits))
        } catch {
            throw .engine(path: path, error)
        }
        // Half-precision files hold weights that were rounded, but also pool in 16 bits.
        let isExact = self.precision == "f32" && graphInput.elementType == .float32 && !head.isQuantised
        headTolerance = isExact ? 1e-3 : 3e-2
        (activation, classes) = try Self.activation(head, shapes.target, shapes.logits, model: path)
    }

    private static func compile(
        _ bytes: [UInt8], _ input: ModelInput, _ precision: InferConfig.Precision
    ) throws(OpenVINOError) -> CompiledModel {
        // One thread an inference and several inferences at once: while an encoder keeps the cores busy, splitting one
        // inference over them takes longer and costs more (docs/benchmarks.md).
        let cores = ProcessInfo.processInfo.activeProcessorCount
        var properties = [
            "PERFORMANCE_HINT": "THROUGHPUT",
            "PERFORMANCE_HINT_NUM_REQUESTS": "\(min(cores, 8))",
        ]
        if precision != .auto { properties["INFERENCE_PRECISION_HINT"] = precision.rawValue }
        if let folder = cacheFolder() { properties["CACHE_DIR"] = folder }
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

    /// Checks the engine's shapes against what the graph promised.
    private static func activation(
        _ head: CAMHead, _ target: [Int], _ logits: [Int], model: String
    ) throws(InferError) -> (ClassActivation, Int) {
        guard target.count == 4, target[0] == 1 else {
            throw .unexpectedShape(
                model: model, tensor: head.target, shape: target, expected: "[1, channels, height, width]")
        }
        let isFirst = head.layout == .channelsFirst
        let channels = isFirst ? target[1] : target[3]
        let (height, width) = isFirst ? (target[2], target[3]) : (target[1], target[2])
        if let kernel = head.requiredPoolSize, kernel != [height, width] {
            throw .poolingLeavesRest(model: model, kernel: kernel, map: [height, width])
        }
        let classes = logits.reduce(1, *)
        let isFitting =
            switch head.kind {
            case .dense: head.weights.count == classes * channels && head.bias.count == classes
            case .classMaps: channels == classes && (head.bias.isEmpty || head.bias.count == classes)
            }
        guard classes > 1, isFitting else {
            throw .unexpectedShape(
                model: model, tensor: head.logits, shape: logits,
                expected: "[1, classes], as the head's weights have them,")
        }
        return (ClassActivation(head: head, channels: channels, height: height, width: width), classes)
    }
}
