import Capture
import Evaluate
import Foundation
import Infer
import Pipeline
import TestSupport
import Testing

@testable import camstream

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

    /// The mean over the photographs, with half of the layers drawn anew.
    private func likeness(_ method: String) throws -> (rankCorrelation: Double, structuralSimilarity: Double) {
        var config = InferConfig()
        config.model = checkout.appending(path: "models/demo/demo.yaml").path
        config.method = try #require(MethodName(rawValue: method))
        let model = try RedrawableModel(config)
        let own = try model.explainer(redrawing: 0..<0, seed: 1)
        let redrawn = try model.explainer(redrawing: 0..<(model.layers.count + 1) / 2, seed: 1)
        let found = try Self.photographs.map { path in
            let picture = try prepared(path, own)
            let probabilities = try own.probabilities(of: picture)
            let classID = probabilities.indices.max { probabilities[$0] < probabilities[$1] }!
            let maps = try [own, redrawn].map {
                try MethodSession(explainer: $0, method: 0).field(ofClass: classID, in: picture).values
            }
            return MapLikeness(maps[0], maps[1], height: own.height, width: own.width)
        }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        return (mean(found.map(\.rankCorrelation)), mean(found.map(\.structuralSimilarity)))
    }

    private func verdict(_ mean: (rankCorrelation: Double, structuralSimilarity: Double)) -> RandomisationVerdict {
        RandomisationVerdict(
            rankCorrelation: mean.rankCorrelation, structuralSimilarity: mean.structuralSimilarity)
    }

    @Test func gradCAMPassesAndGuidedBackpropagationFails() throws {
        let (gradCAM, guided) = (try likeness("gradcam"), try likeness("guided-backprop"))
        #expect(verdict(gradCAM) == .passes && verdict(guided) == .fails)
        let (low, high) = (gradCAM.rankCorrelation, guided.rankCorrelation)
        #expect(high > abs(low) + 0.3, "\(low) \(high)")
    }
}
