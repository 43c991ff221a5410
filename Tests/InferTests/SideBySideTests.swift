import CFFmpeg
import Engine
import Foundation
import Pipeline
import TestSupport
import Testing
import Tracking

@testable import Infer

/// Several methods that explain the same pictures.
struct SideBySideTests {
    private static let colours = checkout.appending(path: "models/colours/colours.yaml").path
    private let format = Pictures.format(320, 240)

    private func explainer(
        _ methods: [String], model: String = colours, layers: [String] = [], smoothing: Double = 0.4,
        shared: SharedModels? = nil
    ) throws -> Explainer {
        var config = InferConfig()
        (config.model, config.precision, config.layers) = (model, .f32, layers)
        (config.smoothing, config.scale) = (smoothing, .running)
        if methods.count > 1 {
            let list: MethodList = try #require(MethodList(methods.joined(separator: ",")))
            (config.methods, config.comparesMethods) = (list, true)
        } else {
            config.method = try #require(MethodName(rawValue: methods[0]))
        }
        return try Explainer(config, format: format, mapCount: 1, shared: shared)
    }

    /// Maps of four pictures of a rectangle that moves.
    private func maps(_ explainer: Explainer) throws -> [[Observation]] {
        try (0..<4).map { number in
            try explainer.submit(
                try Pictures.rectangle(
                    format, (230, 30, 30), x: 40 + number * 20..<140, y: 30..<120, milliseconds: Int64(number) * 40))
            return try explainer.next()!.observations
        }
    }

    @Test(arguments: [
        ["cam", "layercam"], ["layercam", "cam"], ["gradcam", "eigencam", "saliency"], ["saliency", "fullgrad"],
        ["cam", "saliency"], ["cam", "features", "reciprocam"], ["gradcam", "gradcam++", "layercam", "hirescam"],
        ["ablationcam", "reciprocam"], ["reciprocam", "vit-reciprocam", "ablationcam"],
    ])
    func eachMakesTheMapsThatItMakesAloneAndAPictureGoesThroughTheModelOnce(methods: [String]) throws {
        let together = try explainer(methods)
        let found = try maps(together)
        #expect(together.inferences == 4)
        #expect(together.methods.map(\.name) == methods)
        for (number, method) in methods.enumerated() {
            let alone = try maps(try explainer([method]))
            for (side, single) in zip(found, alone) {
                #expect(side.count == methods.count && side[number].method?.name == method)
                #expect(side[number].prediction == single[0].prediction)
                #expect(side[number].heatmap.height == single[0].heatmap.height)
                let isClose = zip(side[number].heatmap.values, single[0].heatmap.values).allSatisfy { one, two in
                    abs(one - two) < 1e-3
                }
                #expect(isClose, "\(method) beside \(methods)")
            }
        }
    }

    @Test func whatAPairNeedsIsNotTakenForWhatOneNeeds() throws {
        let shared = SharedModels(keeping: 4)
        // CAM alone gives out less than CAM beside the feature view.
        let alone = try explainer(["cam"], shared: shared)
        let pair = try explainer(["cam", "features"], layers: [], shared: shared)
        #expect(try maps(alone).map(\.count) == [1, 1, 1, 1])
        #expect(try maps(pair).map(\.count) == [2, 2, 2, 2])
    }

    @Test func aModelWithoutAHeadIsComparedByWhatItAllows() throws {
        let explainer = try explainer(["auto", "layercam"], model: Fixtures.model("vgg"))
        #expect(explainer.methods.map(\.name) == ["gradcam", "layercam"])
        #expect(try maps(explainer).allSatisfy { $0.count == 2 })
    }

    @Test func aTriedOutExplainerSeesWhatAnotherSees() throws {
        let tried = try explainer(["cam", "layercam"])
        try tried.tryOut()
        let plain = try explainer(["cam", "layercam"])
        #expect(try maps(tried) == maps(plain))
        #expect(tried.inferences == 4 && tried.labelChurn.shown == plain.labelChurn.shown)
    }

    @Test func readyClassifiersAreFoundAgainAndALargeNumberIsNotKept() throws {
        let shared = SharedModels(keepingReady: 2)
        func ready(_ method: String) throws -> ReadyClassifier {
            var config = InferConfig()
            (config.model, config.precision) = (Self.colours, .f32)
            config.method = try #require(MethodName(rawValue: method))
            return try shared.ready(config)
        }
        weak let first = try ready("cam")
        #expect(first != nil)
        _ = try ready("layercam")
        #expect(try ready("cam") === first)
        _ = try ready("eigencam")
        _ = try ready("layercam")
        #expect(first == nil)
    }

    @Test func aReadyClassifierWhoseCardHasChangedIsReadAnew() throws {
        let folder = try TemporaryFolder()
        let shared = SharedModels(keepingReady: 2)
        var config = InferConfig()
        (config.model, config.precision) = (folder.file("colours.onnx"), .f32)
        let text = try String(contentsOfFile: Self.colours, encoding: .utf8)
        try FileManager.default.copyItem(
            atPath: checkout.appending(path: "models/colours/colours.onnx").path, toPath: folder.file("colours.onnx"))
        _ = try folder.write(text.utf8, to: "colours.yaml")
        let first = try shared.ready(config)
        #expect(try shared.ready(config) === first && first.names.shown.contains("red"))
        _ = try folder.write(text.replacing("red", with: "scarlet").utf8, to: "colours.yaml")
        let second = try shared.ready(config)
        #expect(second !== first && second.names.shown.contains("scarlet"))
    }

    @Test(arguments: ["cam", "", "cam,cam", "cam,nonsense", "cam,gradcam,gradcam++,hirescam,layercam,finercam,fem"])
    func aListIsOfTwoToSixKnownMethods(text: String) { #expect(MethodList(text) == nil) }

    @Test func whereNobodySaysWhatTheMethodStandsBesideLayerCAM() {
        var config = InferConfig()
        #expect(config.methodsInUse.map(\.rawValue) == ["auto"])
        config.comparesMethods = true
        #expect(config.methodsInUse.map(\.rawValue) == ["auto", "layercam"])
        config.method = MethodName(rawValue: "layercam")!
        #expect(config.methodsInUse.map(\.rawValue) == ["layercam", "auto"])
        config.methods = MethodList("cam, Grad-CAM")
        #expect(config.methodsInUse.map(\.rawValue) == ["cam", "gradcam"])
    }
}
