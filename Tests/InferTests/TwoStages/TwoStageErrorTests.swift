import Detect
import Foundation
import ONNX
import Pipeline
import TestSupport
import Testing

@testable import Infer

/// Which boxes count, and what cannot be two stages.
struct TwoStageErrorTests {
    private func error(_ change: (inout InferConfig) -> Void) throws -> InferError {
        let bench = try StageBench()
        return try #require(#expect(throws: InferError.self) { try bench.explainer(change) })
    }

    @Test func onlyTheDetectorsClassesThatAreNamedCount() throws {
        let bench = try StageBench()
        for (classes, count) in [(["thing"], 1), (["ghost"], 0), (["ghost", "thing"], 1), (["0"], 1)] {
            let seen = try bench.look(try bench.explainer { $0.detectorClasses = classes }, [.init(x: 60)])
            #expect(seen.things.count == count, "\(classes)")
        }
    }

    @Test func aClassThatTheDetectorDoesNotHaveIsToldWithANearOne() throws {
        let error = try error { $0.detectorClasses = ["thign"] }
        #expect(error.isUsage && error.description.contains("did you mean 'thing'"))
        #expect(error.description.contains("things.onnx, --detector-class"))
        // The classifier's are no help.
        #expect(try self.error { $0.detectorClasses = ["green"] }.isUsage)
        #expect(try self.error { $0.explainedClass = "thing" }.isUsage)
        #expect(try self.error { $0.explainedClass = "green,blue" }.isUsage)
    }

    @Test func theFirstIsADetectorAndTheSecondAClassifier() throws {
        let classifier = try error { $0.detector = $0.model }
        #expect(classifier.isUsage && classifier.description.contains("marks.onnx: the model finds no boxes"))
        let detector = try error { $0.model = $0.detector }
        #expect(detector.isUsage && detector.description.contains("the model is a detector, as"))
        let folder = try TemporaryFolder()
        var graph = GraphWriter()
        graph.input("picture", TensorType(shape: [1, 3, 32, 32]))
        graph.constant("w", [1, 1, 1], shape: [1, 3, 1, 1])
        graph.add("Conv", ["picture", "w"], ["anomaly_map"])
        graph.output("anomaly_map", TensorType(shape: [1, 1, 32, 32]))
        let map = try folder.write(graph.serialized(operatorSet: 11, name: "map"), to: "map.onnx")
        let own = try error { $0.model = map }
        #expect(own.isUsage && own.description.contains("leave out --detector"))
        #expect(try !error { $0.detector = folder.file("missing.onnx") }.description.isEmpty)
    }

    @Test func whatTwoStagesDoNotHaveIsRefused() throws {
        let asked: [(String, (inout InferConfig) -> Void)] = [
            ("--layout compare", { $0.comparesMethods = true }), ("--teach", { $0.teach = "desk" }),
        ]
        for (option, change) in asked {
            let error = try error(change)
            #expect(error.isUsage && error.description.contains(option))
        }
        // Commands that know classifiers alone do not pass over it.
        let bench = try StageBench()
        var config = InferConfig()
        (config.model, config.detector) = (bench.classifier, bench.detector)
        let error = #expect(throws: InferError.self) { try Explainer(config, format: bench.format, mapCount: 1) }
        #expect(error?.isUsage == true)
    }

    @Test func boxesThatAreLeftOutAreToldOnce() throws {
        let bench = try StageBench(finding: .squares)
        let explainer = try bench.explainer { $0.detect.maxBoxes = 1 }
        let two: [StageBench.Thing] = [.init(x: 0, y: 0), .init(x: 64, y: 0)]
        let seen = try bench.look(explainer, two)
        #expect(seen.things.count == 1 && explainer.crops == 1)
        let warnings = explainer.takeWarnings()
        #expect(warnings.count == 1 && warnings[0].contains("more than 1 objects in a frame"))
        #expect(warnings[0].contains("--max-boxes"))
        _ = try bench.look(explainer, two, seconds: 0.1)
        #expect(explainer.takeWarnings().isEmpty)
        let enough = try bench.explainer { $0.detect.maxBoxes = 2 }
        #expect(try bench.look(enough, two).things.count == 2)
        #expect(enough.takeWarnings().isEmpty)
    }
}
