import ONNX

@testable import Engine
@testable import Infer

/// A net of Tests/Fixtures/gradients with its golden picture run through it.
final class GoldenNet {
    let golden: GradientGolden
    let model: DifferentiatedModel
    let forward: InferRequest
    let backward: BackwardPass

    /// - Parameter targets: none: the golden's.
    init(
        _ name: String, precision: String = "f32", targets: [String] = [], rectifier: Rectifier = .plain,
        order: Gradient.Order = .first
    ) throws {
        golden = try GradientGolden(name)
        let properties = RuleBench.properties.merging(["INFERENCE_PRECISION_HINT": precision]) { $1 }
        let file = try Model(contentsOf: GradientGolden.model(name))
        let wish = GradientWish(
            targets: targets.isEmpty ? [golden.target] : targets, scores: golden.scores, rectifier: rectifier,
            order: order)
        model = try RuleBench.differentiated(file, wish, properties: properties)
        forward = try InferRequest(model.forward)
        backward = try BackwardPass(model.backward[0], of: forward)
        let picture = try forward.inputTensor("picture")
        _ = try picture.bytes().bindMemory(to: Float.self).update(fromContentsOf: golden.picture)
        try forward.start()
        try forward.wait()
    }

    func output(_ name: String) throws -> [Float] { Array(try forward.outputTensor(name).floats()) }
}
