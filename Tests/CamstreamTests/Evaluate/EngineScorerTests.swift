import Engine
import Evaluate
import Foundation
import Infer
import Pipeline
import TestSupport
import Testing

@testable import camstream

/// Measurements of a net that the engine runs, beside those that pytorch-grad-cam and torch-cam made of the same net in PyTorch:
/// Tests/Fixtures/generate_evaluate.py makes both.
struct EngineScorerTests {
    /// What of the golden figures is compared; EvaluateTests has all of them.
    private struct Golden: Decodable {
        let size: Int
        let classID: Int
        let picture: [UInt8]
        let probability: Double
        let maps: [String: Map]

        struct Map: Decodable {
            let heat: [Float]
            let again: [Float]
            let steps20: [String: Double]
            let combined: Double
            let drop: Double
            let adcc: Double
            let arcc: Double
        }
    }

    private static let folder = checkout.appending(path: "Tests/Fixtures/evaluate")

    private func explainer(_ method: String = "cam") throws -> InputExplainer {
        var config = InferConfig()
        config.model = Self.folder.appending(path: "net.onnx").path
        (config.method, config.precision) = (try #require(MethodName(rawValue: method)), .f32)
        return try InputExplainer(config)
    }

    @Test func figuresAreThoseOfPyTorch() throws {
        let golden = try JSONDecoder().decode(
            Golden.self, from: Data(contentsOf: Self.folder.appending(path: "dependence.json")))
        let explainer = try explainer()
        #expect((explainer.width, explainer.height, explainer.channels) == (golden.size, golden.size, 3))
        let prepared = PreparedPicture(
            bytes: golden.picture, region: Region(x: 0, y: 0, width: 32, height: 32))
        var settings = DependenceSettings()
        settings.noise = 0
        let measurement = DependenceMeasurement(channels: 3, height: golden.size, width: golden.size, settings)
        let names = golden.maps.keys.sorted()
        let figures = try measurement(
            explainer.inputPicture(prepared), maps: names.map { golden.maps[$0]!.heat }, classID: golden.classID,
            explainer
        ) { map, _ in golden.maps[names[map]]!.again }
        for (found, name) in zip(figures, names) {
            let expected = golden.maps[name]!
            #expect(abs(found.probability - golden.probability) < 1e-5)
            #expect(abs(found.deletion.area - expected.steps20["deletion"]!) < 1e-3, "\(name)")
            #expect(abs(found.insertion.area - expected.steps20["insertion"]!) < 1e-3, "\(name)")
            #expect(abs(found.road.score - expected.combined) < 1e-3, "\(name)")
            #expect(abs(found.drop - expected.drop) < 1e-3, "\(name)")
            #expect(abs(found.adcc! - expected.adcc) < 1e-3 && abs(found.arcc! - expected.arcc) < 1e-3, "\(name)")
        }
    }

    @Test func theMapOfAMaskedPictureIsMadeByTheSameMethod() throws {
        let explainer = try explainer("layercam")
        let golden = try JSONDecoder().decode(
            Golden.self, from: Data(contentsOf: Self.folder.appending(path: "dependence.json")))
        let prepared = PreparedPicture(
            bytes: golden.picture, region: Region(x: 0, y: 0, width: 32, height: 32))
        let picture = explainer.inputPicture(prepared)
        let session = MethodSession(explainer: explainer, method: 0)
        let heat = try session.field(ofClass: golden.classID, in: prepared).values
        let measurement = DependenceMeasurement(channels: 3, height: 32, width: 32)
        let found = try measurement(picture, maps: [heat], classID: golden.classID, explainer) { _, masked in
            try session.field(ofClass: golden.classID, in: explainer.picture(masked.values, like: prepared)).values
        }[0]
        #expect(found.coherency! > 0.5 && found.coherency! < 1)
        #expect(found.adcc! > 0 && found.adcc! < 1)
    }
}
