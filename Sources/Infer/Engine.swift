import Foundation
import ONNX
import Pipeline

/// A classifier, compiled, that gives out the two tensors that a class activation map needs.
struct Engine {
    let path: String
    let compiled: CompiledModel
    let input: ModelInput
    let head: CAMHead
    let activation: ClassActivation
    let classes: Int
    /// What the engine computes in, such as "f32" or "bf16".
    let precision: String
    let requestsInFlight: Int
    /// How far maps and scores may differ, as a share of the logits' range: rounding in the network's own precision.
    let headTolerance: Float

    /// - Parameter layer: the tensor or node to map; nil: found from the graph.
    init(_ files: consuming ModelFiles, layer: String?, precision: InferConfig.Precision) throws(InferError) {
        path = files.path
        do throws(ONNXError) {
            head = try files.model.graph.camHead(layer: layer)
            input = try Self.input(files)
            for tensor in [head.target, head.logits] { try files.model.graph.addOutput(tensor) }
        } catch {
            throw .model(error)
        }
        let isHalf = files.model.graph.info(of: input.name)?.elementType == .float16
        do throws(OpenVINOError) {
            compiled = try Self.compile(files, input, precision)
            self.precision = try compiled.property("INFERENCE_PRECISION_HINT")
            requestsInFlight = max(1, Int(try compiled.property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")) ?? 1)
        } catch {
            throw .engine(path: files.path, error)
        }
        headTolerance = self.precision == "f32" && !isHalf ? 1e-3 : 3e-2
        classes = 0
    }
}
