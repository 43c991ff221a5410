import Capture
import Evaluate
import Foundation
import Infer
import TestSupport
import Testing

/// What is known since Adebayo et al. 2018: guided backpropagation shows the picture's edges whatever the model knows, and Grad-CAM
/// shows what the model sees.
struct RandomisedModelTests {
    private static let photographs = ["cat", "coffee"].map {
        checkout.appending(path: "Tests/Fixtures/photographs/\($0).jpg").path
    }

    private func prepared(_ path: String, _ explainer: InputExplainer) throws -> PreparedPicture {
        var config = CaptureConfig()
        config.input = path
        let source = try openSource(config, interrupt: Interrupt())
        return try explainer.prepare(try source.next()!, source.format)
    }

    /// With half of the layers drawn anew, over the photographs.
    private func test(_ method: String) throws -> RandomisationTest {
        var config = InferConfig()
        config.model = checkout.appending(path: "models/demo/demo.yaml").path
        config.method = try #require(MethodName(rawValue: method))
        let model = try RedrawableModel(config)
        let own = try model.explainer(redrawing: 0..<0, seed: 1)
        let redrawn = try model.explainer(redrawing: 0..<(model.layers.count + 1) / 2, seed: 1)
        var test = RandomisationTest(stages: 1)
        for path in Self.photographs {
            let picture = try prepared(path, own)
            let probabilities = try own.probabilities(of: picture)
            let classID = probabilities.indices.max { probabilities[$0] < probabilities[$1] }!
            let maps = try [own, redrawn].map { try $0.heatOnInput(ofClass: classID, in: picture) }
            test.note(MapLikeness(maps[0], maps[1], height: own.height, width: own.width), stage: 0)
        }
        return test
    }

    @Test func gradCAMPassesAndGuidedBackpropagationFails() throws {
        let (gradCAM, guided) = (try test("gradcam"), try test("guided-backprop"))
        #expect(gradCAM.verdict == .passes && guided.verdict == .fails)
        let (low, high) = (gradCAM.means[0]!.rankCorrelation, guided.means[0]!.rankCorrelation)
        #expect(high > abs(low) + 0.3, "\(low) \(high)")
    }
}
