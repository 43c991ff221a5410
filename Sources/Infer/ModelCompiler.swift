import Foundation
import ONNX

/// Gives graphs to the engine; errors name the model's file.
struct ModelCompiler {
    let file: String
    let core: Core
    private let properties: [String: String]

    /// Infers types; to compile, say how: see `with`.
    init(file: String) throws(InferError) {
        let core: Core
        do throws(OpenVINOError) {
            core = try Core()
        } catch {
            throw .engine(path: file, error)
        }
        self.init(file: file, core: core, properties: [:])
    }

    init(file: String, core: Core, properties: [String: String]) {
        (self.file, self.core, self.properties) = (file, core, properties)
    }

    /// The same engine, told how to compute.
    ///
    /// - Parameter isKept: whether what is compiled is kept for later runs.
    func with(_ settings: EngineSettings, isKept: Bool = true) -> ModelCompiler {
        var properties = settings.properties(cores: ProcessInfo.processInfo.activeProcessorCount)
        if isKept, let folder = CacheFolder.find() { properties["CACHE_DIR"] = folder.path }
        return ModelCompiler(file: file, core: core, properties: properties)
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
}
