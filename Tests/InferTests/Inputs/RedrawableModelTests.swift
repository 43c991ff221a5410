import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Engine
@testable import Infer

/// Classifiers with weights in other places.
struct RedrawableModelTests {
    private func model(_ path: String, _ method: String) throws -> RedrawableModel {
        var config = InferConfig()
        (config.model, config.method) = (path, try #require(MethodName(rawValue: method)))
        return try RedrawableModel(config)
    }

    private func noise(_ explainer: InputExplainer) -> PreparedPicture {
        var noise = Noise(8)
        let bytes = (0..<explainer.width * explainer.height * explainer.channels).map { _ in
            UInt8(truncatingIfNeeded: noise.next() >> 7)
        }
        return PreparedPicture(bytes: bytes, region: Region(x: 0, y: 0, width: 1, height: 1))
    }

    @Test func layersBeginWithTheHead() throws {
        let model = try model(Fixtures.model("vgg"), "gradcam")
        #expect(model.layers.first?.contains("Gemm") == true && model.layers.last?.contains("Conv") == true)
        #expect(model.layers.count > 2)
    }

    @Test func withNothingDrawnItIsTheModelAsItIs() throws {
        for (path, method) in [(Fixtures.model("vgg"), "gradcam"), (Fixtures.layers("vit"), "layercam")] {
            let same = try model(path, method).explainer(redrawing: 0..<0, seed: 1)
            var config = InferConfig()
            (config.model, config.precision) = (path, .f32)
            config.method = try #require(MethodName(rawValue: method))
            let own = try InputExplainer(config)
            let picture = noise(own)
            #expect(agree(try same.probabilities(of: picture), try own.probabilities(of: picture), within: 1e-5))
            #expect(
                agree(
                    try same.heat(ofClass: 1, in: picture).values, try own.heat(ofClass: 1, in: picture).values,
                    within: 1e-4))
        }
    }

    @Test func aHeadThatIsDrawnAnewChangesScoresAndLeavesWhatIsBeforeIt() throws {
        let path = Fixtures.model("gap_gemm")
        let (eigen, cam) = (try model(path, "eigencam"), try model(path, "cam"))
        let picture = noise(try eigen.explainer(redrawing: 0..<0, seed: 1))
        func outcome(
            _ model: RedrawableModel, _ positions: Range<Int>, seed: UInt64 = 4
        ) throws -> ([Float], [Float]) {
            let explainer = try model.explainer(redrawing: positions, seed: seed)
            return (
                try explainer.probabilities(of: picture), try explainer.heat(ofClass: 0, in: picture).values
            )
        }
        let (scores, before) = try outcome(eigen, 0..<0)
        let (headless, same) = try outcome(eigen, 0..<1)
        #expect(!agree(headless, scores, within: 1e-3) && agree(same, before, within: 1e-5))
        // The maps of that head are others, too.
        #expect(!agree(try outcome(cam, 0..<1).1, try outcome(cam, 0..<0).1, within: 1e-2))
        // A layer before the head changes what every method sees.
        #expect(!agree(try outcome(eigen, 1..<2).1, before, within: 1e-3))
        #expect(try outcome(cam, 0..<2) == outcome(cam, 0..<2))
        #expect(try outcome(cam, 0..<2, seed: 5) != outcome(cam, 0..<2))
    }

    @Test func whatIsNoClassifierIsRefused() {
        #expect(throws: InferError.self) { try model(Fixtures.model("segmentation"), "auto") }
    }
}
