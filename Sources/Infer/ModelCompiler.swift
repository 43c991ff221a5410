import Foundation
import ONNX

/// Gives graphs to the engine; errors name the model's file.
struct ModelCompiler {
    let file: String
    private let core: Core
    private let properties: [String: String]

    init(file: String, precision: InferConfig.Precision) throws(InferError) {
        let core: Core
        do throws(OpenVINOError) {
            core = try Core()
        } catch {
            throw .engine(path: file, error)
        }
        self.init(file: file, core: core, properties: Self.properties(precision))
    }

    init(file: String, core: Core, properties: [String: String]) {
        (self.file, self.core, self.properties) = (file, core, properties)
    }

    /// - Parameters:
    ///   - input: how pictures go in; nil: the model's inputs have fixed shapes, and go in as they are.
    ///   - isExact: whether it is computed in 32-bit floats, whatever was asked for.
    func compile(_ model: borrowing Model, input: PictureInput?, isExact: Bool = false) throws(InferError)
        -> CompiledModel
    {
        let bytes: [UInt8]
        do throws(ONNXError) {
            bytes = try model.serialized()
        } catch {
            throw .model(error)
        }
        do throws(InferError) {
            return try compile(bytes, input: input, isExact: isExact)
        } catch {
            throw Self.naming(model.graph.quantisedOperator, error)
        }
    }

    /// The operator is the cause, whatever the engine says.
    private static func naming(_ quantised: String?, _ error: InferError) -> InferError {
        guard let quantised, case .engine(let path, let cause) = error else { return error }
        return .quantisedOperator(path: path, op: quantised, cause)
    }

    /// - Parameter bytes: of an ONNX file.
    func compile(_ bytes: [UInt8], input: PictureInput?, isExact: Bool = false) throws(InferError) -> CompiledModel {
        let properties = isExact ? properties.merging(["INFERENCE_PRECISION_HINT": "f32"]) { $1 } : properties
        return try lend(bytes) { bytes throws(OpenVINOError) in
            guard let input else { return try core.compile(onnx: bytes, properties: properties) }
            return try core.compile(onnx: bytes, input: input, properties: properties)
        }
    }

    /// Types and shapes of all tensors that lead to the scores, as the engine infers them; those that depend on more than
    /// the input's size are missing.
    func types(
        _ model: borrowing Model, before scores: String, input: PictureInput?
    ) throws(InferError) -> [String: TensorType] {
        do throws(InferError) {
            return try core.types(of: model, before: scores, input: input)
        } catch {
            throw Self.naming(model.graph.quantisedOperator, error)
        }
    }

    private func lend<Value>(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(OpenVINOError) -> Value
    ) throws(InferError) -> Value {
        do throws(OpenVINOError) {
            return try bytes.lend(body)
        } catch {
            throw .engine(path: file, error)
        }
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
