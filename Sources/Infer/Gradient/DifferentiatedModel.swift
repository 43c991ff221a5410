import Engine
import ONNX

/// A classifier and gradients of its scores with respect to some of its tensors, all compiled.
///
/// The forward model may compute in 16 bits. The backward models always compute in 32: they multiply many small numbers,
/// of which 16 bits leave noise.
struct DifferentiatedModel: Sendable {
    /// Gives out the targets, the scores and all residuals.
    let forward: CompiledModel
    /// One for each wish.
    let backward: [BackwardModel]

    /// - Parameters:
    ///   - wishes: what gradients.
    ///   - types: of the tensors before the scores.
    ///   - input: how pictures go in; nil: the model's inputs have fixed shapes, and go in as they are.
    ///   - alternatives: what error messages offer: names of methods that need no gradient.
    init(
        _ model: consuming Model, _ wishes: [GradientWish], types: [String: TensorType], input: PictureInput?,
        compiler: ModelCompiler, alternatives: [String] = []
    ) throws(InferError) {
        var gradients: [Gradient] = []
        let lent = model.graph.lentWeights(from: compiler.lentBytes)
        do throws(ONNXError) {
            for wish in wishes {
                let path = try GradientPath(
                    model.graph, from: wish.targets, to: wish.scores, alternatives: alternatives)
                let gradient = try Gradient(
                    along: path, types: types, rectifier: wish.rectifier, order: wish.order, lent: lent)
                model.graph = gradient.forward
                gradients.append(gradient)
            }
        } catch {
            throw .model(error)
        }
        do throws(EngineError) {
            forward = try compiler.compile(model, input: input)
            backward = try gradients.map { gradient throws(EngineError) in
                let bytes = [UInt8](gradient.backward)
                return BackwardModel(
                    gradient: gradient,
                    compiled: try compiler.compile(bytes, lending: gradient.lent, input: nil, isExact: true))
            }
        } catch {
            throw InferError(error)
        }
    }
}

/// A gradient that is asked for.
struct GradientWish {
    /// The tensors A of dy/dA.
    let targets: [String]
    /// The tensor y, before any softmax.
    let scores: String
    var rectifier = Rectifier.plain
    var order = Gradient.Order.first
}

/// A backward graph, compiled.
struct BackwardModel: Sendable {
    let gradient: Gradient
    let compiled: CompiledModel
}
