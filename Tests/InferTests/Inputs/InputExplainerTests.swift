import Foundation
import ONNX
import Pipeline
import Synchronization
import TestSupport
import Testing
import Tracking

@testable import Engine
@testable import Infer

/// Pictures that are explained one by one, and the probabilities of their variants.
struct InputExplainerTests {
    private func config(_ model: String, _ method: String = "auto", _ precision: Precision = .f32) throws -> InferConfig
    {
        var config = InferConfig()
        config.model = model
        (config.method, config.precision) = (try #require(MethodName(rawValue: method)), precision)
        return config
    }

    /// A picture of noise.
    private func noise(_ explainer: InputExplainer, seed: UInt64 = 3) -> PreparedPicture {
        var noise = Noise(seed)
        let bytes = (0..<explainer.width * explainer.height * explainer.channels).map { _ in
            UInt8(truncatingIfNeeded: noise.next() >> 7)
        }
        return PreparedPicture(
            bytes: bytes,
            region: Region(x: 0, y: 0, width: Double(explainer.width), height: Double(explainer.height)))
    }

    private static let models =
        [
            "gap_gemm", "vgg", "nhwc_reducemean", "sigmoid", "nin_conv_relu_gap_softmax", "one_logit", "external",
            "quantised",
        ]
        .map { Fixtures.model($0) } + ["vit", "convnext"].map { Fixtures.layers($0) }

    @Test(arguments: models) func anUnchangedVariantHasThePicturesOwnProbability(path: String) throws {
        let explainer = try InputExplainer(try config(path))
        let picture = noise(explainer)
        let own = try explainer.probabilities(of: picture)
        let values = explainer.values(picture)
        for classID in [0, own.count - 1] {
            // The last batch is not full.
            let found = try explainer.probabilities(11, classID: classID) { _, memory in
                _ = memory.update(fromContentsOf: values)
            }
            #expect(found.count == 11)
            #expect(found.allSatisfy { abs($0 - Double(own[classID])) <= 1e-5 }, "\(found) \(own[classID])")
        }
    }

    @Test(arguments: models) func eachVariantHasTheProbabilityOfItsOwnPicture(path: String) throws {
        let explainer = try InputExplainer(try config(path))
        let pictures = (0..<10).map { noise(explainer, seed: UInt64($0 + 1)) }
        let values = pictures.map { explainer.values($0) }
        let found = try explainer.probabilities(10, classID: 1) { variant, memory in
            _ = memory.update(fromContentsOf: values[variant])
        }
        for (number, picture) in pictures.enumerated() {
            #expect(abs(found[number] - Double(try explainer.probabilities(of: picture)[1])) <= 1e-5)
        }
    }

    @Test func bytesComeBackFromTheirValues() throws {
        let explainer = try InputExplainer(try config(Fixtures.model("gap_gemm")))
        let picture = noise(explainer)
        #expect(explainer.picture(explainer.values(picture), like: picture) == picture)
        // Beyond what 8 bits hold.
        let values = explainer.values(picture).map { $0 < 0 ? Float(-99) : 99 }
        #expect(Set(explainer.picture(values, like: picture).bytes) == [0, 255])
    }

    @Test(arguments: ["cam", "gradcam", "eigencam", "saliency", "reciprocam"])
    func heatIsWhatASessionDrawsOfTheSamePicture(method: String) throws {
        var config = try config(checkout.appending(path: "models/colours/colours.yaml").path, method)
        let format = Pictures.format(320, 240)
        let explainer = try InputExplainer(config)
        (config.smoothing, config.scale) = (0, .frame)
        let session = try Explainer(config, format: format, mapCount: 1)
        for left in [20, 150] {
            func frame() throws -> Frame {
                try Pictures.rectangle(format, (230, 30, 30), x: left..<left + 90, y: 40..<130)
            }
            try session.submit(try frame())
            let explained = try session.next()!
            // Each picture is one by itself.
            session.forget()
            let shown = explained.observations[0]
            let picture = try explainer.prepare(try frame(), format)
            let heat = try explainer.heat(ofClass: shown.prediction.classID, in: picture)
            #expect((heat.height, heat.width) == (shown.heatmap.height, shown.heatmap.width))
            #expect(agree(heat.values, shown.heatmap.values, within: 1e-5))
            #expect(picture.region == shown.heatmap.region)
            let probability = try explainer.probabilities(of: picture)[shown.prediction.classID]
            #expect(abs(probability - shown.prediction.probability) <= 1e-5)
        }
    }

    @Test func severalMethodsShareOneForwardPass() throws {
        var config = try config(Fixtures.model("gap_gemm"))
        (config.methods, config.comparesMethods) = (MethodList("cam,layercam,gradcam"), true)
        let explainer = try InputExplainer(config)
        #expect(explainer.methods.map(\.name) == ["cam", "layercam", "gradcam"])
        let picture = noise(explainer)
        let maps = try (0..<3).map { try explainer.heat(ofClass: 1, in: picture, method: $0).values }
        for (method, map) in zip(["cam", "layercam", "gradcam"], maps) {
            let alone = try InputExplainer(try self.config(Fixtures.model("gap_gemm"), method))
            #expect(agree(try alone.heat(ofClass: 1, in: picture).values, map, within: 1e-4))
        }
    }

    @Test func variantsEndWhereTheyAreCancelled() throws {
        let monitor = PassMonitor()
        let explainer = try InputExplainer(try config(Fixtures.model("vgg")), monitor: monitor)
        monitor.cancel()
        do {
            _ = try explainer.probabilities(100, classID: 0) { _, memory in memory.update(repeating: 0) }
            Issue.record("it went on")
        } catch InferError.cancelled {}
    }

    @Test func whatIsNoClassifierIsRefused() throws {
        for model in [Fixtures.model("segmentation")] {
            #expect {
                _ = try InputExplainer(try config(model))
            } throws: { error in
                if case InferError.hasNoLayers = error { true } else { false }
            }
        }
    }
}
