import Capture
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Infer

/// Methods on a photograph of a dog (above) and a cat (below), by the two real classifiers. Reported as skipped where
/// these are not there.
struct RealMethodTests {
    static let photograph = RealModels.folder.deletingLastPathComponent().appending(path: "media/both.png").path
    static let areThere =
        FileManager.default.fileExists(atPath: photograph)
        && ["mobilenetv2.onnx", "squeezenet1.1-fp16.onnx"].allSatisfy { RealModels.has($0) }
    /// Bull mastiff, and tiger cat.
    static let (dog, cat) = ("243", "282")

    /// Methods that say that they know the class, but those that take minutes in a debug build.
    static let methods = camMethods.filter { $0.isClassDiscriminative && !slow.contains($0.name) }.map { $0.name }
    static let slow: Set<String> = ["scorecam", "ss-cam", "is-cam", "rise", "vit-reciprocam", "smooth-gradcam++"]

    /// Height of the heat's centre of gravity, 0 (above) to 1 (below).
    private func height(of classID: String, _ method: String, _ model: String) throws -> Double {
        var capture = CaptureConfig()
        capture.input = Self.photograph
        let source = try FileSource(capture, interrupt: Interrupt())
        var config = InferConfig()
        config.model = RealModels.path("\(model).onnx")
        config.card = checkout.appending(path: "configs/models/\(model).yaml").path
        config.method = try #require(MethodName(rawValue: method))
        config.explainedClass = classID
        let explainer = try Explainer(config, format: source.format, mapCount: 1)
        guard let frame = try source.next() else { return .nan }
        try explainer.submit(frame)
        guard let explained = try explainer.next(), let map = explained.observations.first?.heatmap else { return .nan }
        let total = map.values.reduce(0, +)
        let sum = map.values.indices.reduce(0) { $0 + map.values[$1] * (Float($1 / map.width) + 0.5) }
        return Double(sum / total) / Double(map.height)
    }

    @Test(
        .enabled(if: RealMethodTests.areThere, "the models or the photograph are not there"),
        arguments: ["mobilenetv2", "squeezenet1.1-fp16"], RealMethodTests.methods)
    func theDogsClassLightsTheDogAndTheCatsTheCat(model: String, method: String) throws {
        let (dog, cat) = (try height(of: Self.dog, method, model), try height(of: Self.cat, method, model))
        #expect(dog < cat - 0.08, "the dog's heat is at \(dog), the cat's at \(cat)")
    }
}
