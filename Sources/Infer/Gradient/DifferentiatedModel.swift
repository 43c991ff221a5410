import Foundation
import ONNX

/// A classifier and the gradient of its scores with respect to one of its tensors, both compiled.
///
/// The forward model may compute in 16 bits. The backward model always computes in 32: it multiplies many small numbers,
/// of which 16 bits leave noise.
struct DifferentiatedModel {
    let gradient: Gradient
    let forward: CompiledModel
    let backward: CompiledModel

    /// - Parameters:
    ///   - target: the tensor A of dy/dA; nil: the last feature map before the scores.
    ///   - scores: the tensor y, before any softmax.
    ///   - input: how pictures go in; nil: the model's inputs have fixed shapes, and go in as they are.
    ///   - properties: the engine's, for both models; the precision is the forward model's.
    init(
        _ model: consuming Model, from target: String?, to scores: String, input: PictureInput?, core: Core,
        properties: [String: String]
    ) throws(InferError) {
        let file = model.file
        let types = try core.types(of: model, before: scores, input: input)
        guard let target = target ?? model.graph.defaultLayer(before: scores, types: types)?.tensor else {
            throw .noFeatureMap(model: file)
        }
        let bytes: [UInt8]
        do throws(ONNXError) {
            gradient = try Gradient(along: try GradientPath(model.graph, from: target, to: scores), types: types)
            model.graph = gradient.forward
            bytes = try model.serialized()
        } catch {
            throw .model(error)
        }
        forward = try Self.compile(bytes, input, core, properties, file)
        let exact = properties.merging(["INFERENCE_PRECISION_HINT": "f32"]) { $1 }
        backward = try Self.compile([UInt8](gradient.backward), nil, core, exact, file)
    }

    private static func compile(
        _ bytes: [UInt8], _ input: PictureInput?, _ core: Core, _ properties: [String: String], _ file: String
    ) throws(InferError) -> CompiledModel {
        do throws(OpenVINOError) {
            return try bytes.lend { bytes throws(OpenVINOError) in
                guard let input else { return try core.compile(onnx: bytes, properties: properties) }
                return try core.compile(onnx: bytes, input: input, properties: properties)
            }
        } catch {
            throw .engine(path: file, error)
        }
    }
}
