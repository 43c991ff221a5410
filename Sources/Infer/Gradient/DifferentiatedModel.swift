import Foundation
import ONNX

/// A classifier and the gradient of its scores with respect to some of its tensors, both compiled.
///
/// The forward model may compute in 16 bits. The backward model always computes in 32: it multiplies many small numbers,
/// of which 16 bits leave noise.
struct DifferentiatedModel {
    let gradient: Gradient
    let forward: CompiledModel
    let backward: CompiledModel

    /// - Parameters:
    ///   - targets: the tensors A of dy/dA; none: the last feature map before the scores.
    ///   - scores: the tensor y, before any softmax.
    ///   - input: how pictures go in; nil: the model's inputs have fixed shapes, and go in as they are.
    ///   - properties: the engine's, for both models; the precision is the forward model's.
    ///   - alternatives: what error messages offer: names of methods that need no gradient.
    init(
        _ model: consuming Model, from targets: [String], to scores: String, input: PictureInput?, core: Core,
        properties: [String: String], rectifier: Rectifier = .plain, order: Gradient.Order = .first,
        alternatives: [String] = []
    ) throws(InferError) {
        let file = model.file
        let types = try Self.types(model, before: scores, input, core)
        var targets = targets
        if targets.isEmpty {
            guard let last = model.graph.lastFeatureMap(before: scores, types: types) else {
                throw .noFeatureMap(model: file)
            }
            targets = [last]
        }
        let bytes: [UInt8]
        do throws(ONNXError) {
            let path = try GradientPath(model.graph, from: targets, to: scores, alternatives: alternatives)
            gradient = try Gradient(along: path, types: types, rectifier: rectifier, order: order)
            model.graph = gradient.forward
            bytes = try model.serialized()
        } catch {
            throw .model(error)
        }
        forward = try Self.compile(bytes, input, core, properties, file)
        let exact = properties.merging(["INFERENCE_PRECISION_HINT": "f32"]) { $1 }
        backward = try Self.compile([UInt8](gradient.backward), nil, core, exact, file)
    }

    /// With one target; nil: the last feature map before the scores.
    init(
        _ model: consuming Model, from target: String?, to scores: String, input: PictureInput?, core: Core,
        properties: [String: String]
    ) throws(InferError) {
        try self.init(
            model, from: target.map { [$0] } ?? [], to: scores, input: input, core: core, properties: properties)
    }

    /// Types and shapes of all tensors that lead to the scores, as the engine infers them.
    private static func types(
        _ model: borrowing Model, before scores: String, _ input: PictureInput?, _ core: Core
    ) throws(InferError) -> [String: TensorType] {
        var probe = copy model
        let tensors = probe.graph.tensors(before: scores)
        let bytes: [UInt8]
        do throws(ONNXError) {
            for tensor in tensors { try probe.graph.addOutput(tensor) }
            bytes = try probe.serialized()
        } catch {
            throw .model(error)
        }
        let asked = tensors + probe.graph.inputs.map(\.name)
        return try engine(probe.file) { () throws(OpenVINOError) in
            try lend(bytes) { bytes throws(OpenVINOError) in
                try core.types(onnx: bytes, input: input, of: asked)
            }
        }
    }

    private static func compile(
        _ bytes: [UInt8], _ input: PictureInput?, _ core: Core, _ properties: [String: String], _ file: String
    ) throws(InferError) -> CompiledModel {
        try engine(file) { () throws(OpenVINOError) in
            try lend(bytes) { bytes throws(OpenVINOError) in
                guard let input else { return try core.compile(onnx: bytes, properties: properties) }
                return try core.compile(onnx: bytes, input: input, properties: properties)
            }
        }
    }

    /// Names the model in the engine's errors.
    private static func engine<Result>(
        _ file: String, _ body: () throws(OpenVINOError) -> Result
    ) throws(InferError) -> Result {
        do throws(OpenVINOError) {
            return try body()
        } catch {
            throw .engine(path: file, error)
        }
    }

    /// `withUnsafeBytes` loses the typed error.
    private static func lend<Value>(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(OpenVINOError) -> Value
    ) throws(OpenVINOError) -> Value {
        let result = bytes.withUnsafeBytes { bytes in
            Result<Value, OpenVINOError> { () throws(OpenVINOError) in try body(bytes) }
        }
        return try result.get()
    }
}
