import Engine
import ONNX

/// A classifier's graph with the types that the engine infers, which methods other than CAM need.
struct TypedGraph {
    /// Spells out fused operators, so that layers and gradients are those of the plain ones.
    static func unfuse(_ model: inout Model, input: PictureInput, compiler: ModelCompiler) throws(InferError) {
        guard model.graph.hasFusedOperators else { return }
        let graph = model.graph
        do throws(ONNXError) {
            let scores = try graph.classScores()
            let types: [String: TensorType]
            do throws(EngineError) {
                types = try compiler.types(model, before: scores.logits, input: input)
            } catch {
                // What the engine refuses is told when it is compiled.
                return
            }
            model.graph = try graph.unfused(types: types)
        } catch {
            throw .model(error)
        }
    }

    let scores: ClassScores
    /// Of the tensors before the scores.
    let types: [String: TensorType]
    private let graph: Graph

    init(_ model: borrowing Model, input: PictureInput, compiler: ModelCompiler) throws(InferError) {
        graph = model.graph
        do throws(ONNXError) {
            scores = try graph.classScores()
        } catch {
            throw .model(error)
        }
        do throws(EngineError) {
            types = try compiler.types(model, before: scores.logits, input: input)
        } catch {
            throw InferError(error)
        }
        if let (tensor, type) = types.filter({ !$0.value.isManageable }).min(by: { $0.key < $1.key }) {
            let problem = ONNXError.Problem.badTensor(tensor, reason: "has the shape \(type.shape)")
            throw .model(ONNXError(file: model.file, problem: problem))
        }
    }

    /// All that can be mapped, in the data's order.
    var layers: [Layer] { graph.layers(before: scores.logits, types: types) }

    /// What a head pools; nil where it does not lie over the picture.
    func layer(pooledBy head: CAMHead) -> Layer? { layers.first { $0.tensor == head.target } }

    /// - Parameter named: as users write layers; what is named twice counts once.
    func layers(_ named: [String]) throws(InferError) -> [Layer] {
        let all = layers
        do throws(ONNXError) {
            var found: [Layer] = []
            for name in named {
                let layer = try graph.layer(name, among: all)
                if !found.contains(layer) { found.append(layer) }
            }
            return found
        } catch {
            throw .model(error)
        }
    }

    /// What is mapped unless a layer is named.
    var defaultLayer: Layer? { graph.defaultLayer(before: scores.logits, types: types) }
}
