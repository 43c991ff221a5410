import Foundation
package import ONNX
import Pipeline

/// Gives graphs to the engine; errors name the model's file.
package struct ModelCompiler {
    package let file: String
    package let core: Core
    private let device: Device
    private let properties: [String: String]
    /// Where what is compiled is kept for later runs; nil: nowhere.
    private let cache: URL?
    /// Matrices of so many bytes are lent to the engine rather than given.
    package let lentBytes: Int
    /// Where graphs are looked for that others have compiled.
    private let shared: SharedGraphs?

    /// Infers types; to compile, say how: see `with`.
    ///
    /// - Throws: `EngineError.lack` if the engine would not find what it needs to run: it ends by a signal then.
    package init(file: String, shared: SharedGraphs? = nil) throws(EngineError) {
        do throws(LackOfResources) {
            try EngineNeeds.check(model: file)
        } catch {
            throw .lack(error)
        }
        let core: Core
        do throws(OpenVINOError) {
            core = try .shared()
        } catch {
            throw .refused(path: file, error)
        }
        self.init(file: file, core: core, properties: [:], shared: shared)
    }

    init(
        file: String, core: Core, device: Device = .cpu, properties: [String: String],
        lentBytes: Int = Graph.lentBytes, shared: SharedGraphs? = nil, cache: URL? = nil
    ) {
        (self.file, self.core, self.device, self.properties) = (file, core, device, properties)
        (self.lentBytes, self.shared, self.cache) = (lentBytes, shared, cache)
    }

    /// The same engine, told how to compute.
    ///
    /// - Parameter isKept: whether what is compiled is kept for later runs.
    package func with(_ options: EngineOptions, isKept: Bool = true) -> ModelCompiler {
        ModelCompiler(
            file: file, core: core, device: options.device,
            properties: options.properties(cores: ProcessInfo.processInfo.activeProcessorCount),
            lentBytes: options.device.readsLentMemory ? lentBytes : .max,
            shared: isKept ? shared : nil, cache: isKept ? CacheFolder.find() : nil)
    }

    /// - Parameters:
    ///   - input: how pictures go in; nil: the model's inputs have fixed shapes, and go in as they are.
    ///   - isExact: whether it is computed in 32-bit floats, whatever was asked for.
    package func compile(
        _ model: borrowing Model, input: PictureInput?, isExact: Bool = false
    ) throws(EngineError) -> CompiledModel {
        if model.isStandIn, let input { return try compile(ir: model.file, input, isExact) }
        // What is rounded is rounded once, when it is packed; as an input it would be at each inference.
        let isRounded = !isExact && properties[Self.precision].map { $0 != "f32" } ?? false
        let lent = isRounded ? [] : model.graph.lentWeights(from: lentBytes)
        let bytes: [UInt8]
        do throws(ONNXError) {
            bytes = try model.serialized(lending: lent)
        } catch {
            throw .model(error)
        }
        do throws(EngineError) {
            return try compile(bytes, lending: lent, input: input, isExact: isExact)
        } catch {
            throw Self.naming(model.graph.quantisedOperator, error)
        }
    }

    private func compile(ir path: String, _ input: PictureInput, _ isExact: Bool) throws(EngineError) -> CompiledModel {
        let (device, properties) = isExact ? exact : (device, properties)
        do throws(OpenVINOError) {
            return try core.compile(ir: path, input: input, on: device, properties: properties)
        } catch {
            throw .refused(path: path, error)
        }
    }

    /// Reads what a model in the engine's own format takes and gives out.
    ///
    /// - Parameter path: of an OpenVINO IR (`.xml`).
    package static func standIn(ir path: String) throws(EngineError) -> Model {
        let interface: (inputs: [StandInTensor], outputs: [StandInTensor])
        let compiler = try ModelCompiler(file: path)
        do throws(OpenVINOError) {
            interface = try compiler.core.interface(ir: path)
        } catch {
            throw .refused(path: path, error)
        }
        do throws(ONNXError) {
            let weights = URL(filePath: path).deletingPathExtension().appendingPathExtension("bin").lastPathComponent
            return try Model(
                standingFor: path, weightFiles: [weights], inputs: interface.inputs, outputs: interface.outputs)
        } catch {
            throw .model(error)
        }
    }

    /// The operator is the cause, whatever the engine says.
    private static func naming(_ quantised: String?, _ error: EngineError) -> EngineError {
        guard let quantised, case .refused(let path, let cause) = error else { return error }
        return .quantisedOperator(path: path, op: quantised, cause)
    }

    /// - Parameters:
    ///   - bytes: of an ONNX file.
    ///   - lent: inputs of it that are constants.
    ///   - input: how pictures go in; nil: the model's inputs have fixed shapes, and go in as they are.
    ///   - isExact: whether it is computed in 32-bit floats, whatever was asked for.
    package func compile(
        _ bytes: [UInt8], lending lent: [LentWeights] = [], input: PictureInput?, isExact: Bool = false
    ) throws(EngineError) -> CompiledModel {
        let (device, properties) = isExact ? exact : (device, properties)
        guard let shared else { return try compile(bytes, lent, input, device, properties) }
        return try shared.compiled(Self.key(bytes, lent, input, device, properties)) { () throws(EngineError) in
            try compile(bytes, lent, input, device, properties)
        }
    }

    private func compile(
        _ bytes: [UInt8], _ lent: [LentWeights], _ input: PictureInput?, _ device: Device,
        _ properties: [String: String]
    ) throws(EngineError) -> CompiledModel {
        let kept = cache.flatMap { CompiledCache(Self.cacheKey(bytes, device, properties), in: $0) }
        return try lend(bytes) { bytes throws(OpenVINOError) in
            try keeping(kept, properties) { properties throws(OpenVINOError) in
                guard let input else {
                    return try core.compile(onnx: bytes, lending: lent, on: device, properties: properties)
                }
                return try core.compile(onnx: bytes, lending: lent, input: input, on: device, properties: properties)
            }
        }
    }

    /// Compiles with the cache where that works. Whatever is wrong with the cache costs time, and nothing else.
    private func keeping(
        _ kept: CompiledCache?, _ properties: [String: String],
        _ compile: ([String: String]) throws(OpenVINOError) -> CompiledModel
    ) throws(OpenVINOError) -> CompiledModel {
        do throws(OpenVINOError) {
            let compiled = try kept?.whileNobodyCompiles { folder throws(OpenVINOError) in
                try compile(properties.merging(["CACHE_DIR": folder]) { $1 })
            }
            if let compiled {
                compiled.kept = kept
                return compiled
            }
        } catch {
            // It fails again if it was not the cache.
        }
        return try compile(properties)
    }

    /// How 32-bit floats are computed: on the processor, where the device has none.
    private var exact: (Device, [String: String]) {
        let hasFloats = device == .cpu || core.precisions(on: device).contains("f32")
        return (hasFloats ? device : .cpu, properties.merging([Self.precision: "f32"]) { $1 })
    }

    /// What is told apart by it has folders of its own in the cache; within one, the engine tells graphs apart itself.
    private static func cacheKey(_ bytes: [UInt8], _ device: Device, _ properties: [String: String]) -> String {
        var checksum = Checksum()
        bytes.prefix(endBytes).withUnsafeBytes { checksum.update($0) }
        bytes.suffix(endBytes).withUnsafeBytes { checksum.update($0) }
        let others = "\(bytes.count) \(device.name) \(properties.sorted { $0.key < $1.key }) \(Core.version)"
        Array(others.utf8).withUnsafeBytes { checksum.update($0) }
        return String(checksum.hexDigits().prefix(16))
    }

    private static let endBytes = 1 << 16
    private static let precision = "INFERENCE_PRECISION_HINT"

    /// What tells one compiled graph of a model from another; constants of the same name are the same.
    private static func key(
        _ bytes: [UInt8], _ lent: [LentWeights], _ input: PictureInput?, _ device: Device,
        _ properties: [String: String]
    ) -> String {
        var checksum = Checksum()
        bytes.withUnsafeBytes { checksum.update($0) }
        let others =
            "\(lent.map(\.name)) \(String(describing: input)) \(device.name) \(properties.sorted { $0.key < $1.key })"
        Array(others.utf8).withUnsafeBytes { checksum.update($0) }
        return checksum.hexDigits()
    }

    /// Types and shapes of all tensors that lead to the scores, as the engine infers them; those that depend on more than
    /// the input's size are missing.
    package func types(
        _ model: borrowing Model, before scores: String, input: PictureInput?
    ) throws(EngineError) -> [String: TensorType] {
        do throws(EngineError) {
            return try core.types(of: model, before: scores, input: input)
        } catch {
            throw Self.naming(model.graph.quantisedOperator, error)
        }
    }

    private func lend<Value>(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(OpenVINOError) -> Value
    ) throws(EngineError) -> Value {
        do throws(OpenVINOError) {
            return try bytes.lend(body)
        } catch {
            throw .refused(path: file, error)
        }
    }
}
