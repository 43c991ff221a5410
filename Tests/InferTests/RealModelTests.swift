import Engine
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Infer

/// The two real classifiers with their committed cards, through the engine: the first picture is checked against the
/// scores. Reported as skipped where the models are not there.
struct RealModelTests {
    private func explain(_ model: String, _ precision: Precision) throws -> Explained? {
        let format = Pictures.format(320, 240)
        var config = InferConfig()
        config.model = RealModels.path("\(model).onnx")
        config.card = checkout.appending(path: "configs/models/\(model).yaml").path
        config.precision = precision
        let explainer = try Explainer(config, format: format, mapCount: 5)
        // Broad stripes of black and white.
        try explainer.submit(Pictures.frame(format) { _, x, _ in x / 20 % 2 == 0 ? 250 : 5 })
        return try explainer.next()
    }

    @Test(
        .enabled(if: RealModels.has("mobilenetv2.onnx"), "mobilenetv2.onnx is not there"),
        arguments: Precision.allCases)
    func mobileNetV2AddsUp(precision: Precision) throws {
        try expectFive(try explain("mobilenetv2", precision), mapWidth: 7)
    }

    @Test(
        .enabled(if: RealModels.has("squeezenet1.1-fp16.onnx"), "squeezenet1.1-fp16.onnx is not there"),
        arguments: Precision.allCases)
    func squeezeNetAddsUp(precision: Precision) throws {
        try expectFive(try explain("squeezenet1.1-fp16", precision), mapWidth: 13)
    }

    private func expectFive(_ explained: consuming Explained?, mapWidth: Int) throws {
        let isThere = explained != nil
        try #require(isThere)
        guard let explained else { return }
        let (top, maps) = (explained.top, explained.observations)
        #expect(top.count == 5 && maps.count == 5)
        #expect(maps.allSatisfy { $0.heatmap.width == mapWidth && $0.heatmap.height == mapWidth })
        #expect(maps.map(\.prediction) == top)
        #expect(!top[0].label.isEmpty && top[0].probability > top[4].probability)
    }
}
