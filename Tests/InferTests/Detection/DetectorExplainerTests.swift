import Detect
import Foundation
import ONNX
import Pipeline
import TestSupport
import Testing
import Tracking

@testable import Infer

/// A detector's boxes and their maps, from picture to picture.
struct DetectorExplainerTests {
    private let folder: TemporaryFolder
    private let format = Pictures.format(128, 64)

    init() throws { folder = try TemporaryFolder() }

    private func model(
        card: String = SquareDetector.card, output: [Int] = [1, 6, 84],
        scores: SquareDetector.Scores = .probabilities
    ) throws -> String {
        try SquareDetector.write(to: folder, card: card, output: output, scores: scores)
    }

    /// The picture is twice as wide as high: it fills rows 16 to 48 of the input, each pixel two of the picture.
    private func explainer(
        _ model: String? = nil, _ change: (inout InferConfig) -> Void = { _ in }
    ) throws -> DetectorExplainer {
        var config = InferConfig()
        (config.model, config.smoothing) = (try model ?? self.model(), 0)
        change(&config)
        guard case .detector(let explainer) = try Explainers.open(config, format: format, mapCount: 1) else {
            throw NoDetector()
        }
        return explainer
    }
    private struct NoDetector: Error {}

    private struct Seen {
        let observations: [Observation]
        let top: [Prediction]
        let heat: Heatmap?
        let events: [ObjectEvent]
        let mapAge: Double
        let reading: ScoreReading
        let isRecognised: Bool
    }

    /// - Parameter x: of a square that fills one cell.
    private func look(
        _ explainer: DetectorExplainer, x: Int?, seconds: Double = 0, _ colour: (UInt8, UInt8, UInt8) = (255, 0, 0)
    ) throws -> Seen {
        let x = x ?? 0
        let frame = try Pictures.rectangle(
            format, colour, x: x..<x + 32, y: 0..<32, milliseconds: Int64((seconds * 1000).rounded()))
        try explainer.submit(frame)
        let next = try explainer.next()
        guard let next else { throw NoDetector() }
        return Seen(
            observations: next.observations, top: next.top, heat: next.heat, events: next.events,
            mapAge: next.mapAge, reading: next.reading, isRecognised: next.isRecognised)
    }

    @Test func aThingHasItsBoxInThePictureItsScoreAndAMapInsideTheBox() throws {
        let seen = try look(try explainer(), x: 64)
        let thing = try #require(seen.observations.first)
        #expect(seen.reading == .objects && seen.observations.count == 1)
        #expect(thing.prediction.label == "red" && thing.prediction.probability > 0.9 && thing.track == 1)
        #expect(thing.box == PixelBox(x0: 64, y0: 0, x1: 96, y1: 32))
        let peak = try #require(thing.heatmap.peak(pictureWidth: 128, pictureHeight: 64))
        #expect((64..<96).contains(peak.x) && (0..<32).contains(peak.y))
        #expect((thing.energyInBox ?? 0) > 0.5)
        // As strong as its score.
        let heat = try #require(seen.heat?.peak(pictureWidth: 128, pictureHeight: 64))
        #expect(abs(heat.heat - thing.prediction.probability) < 0.1 && (64..<96).contains(heat.x))
        #expect(seen.top == [thing.prediction])
    }

    @Test func aPictureWithNothingInItHasNoBoxesAndNoHeat() throws {
        let seen = try look(try explainer(), x: 0, (128, 128, 128))
        #expect(seen.observations.isEmpty && seen.top.isEmpty && seen.heat?.values.allSatisfy { $0 == 0 } == true)
        #expect(!seen.isRecognised)
    }

    @Test func whatIsNoScoreIsNotDrawnAsOne() throws {
        let explainer = try explainer(try model(scores: .logits))
        let error = #expect(throws: InferError.self) { try look(explainer, x: 64) }
        #expect(error?.description.contains("a box has the score 9.53") == true)
    }

    @Test func classesAndScoresAreFiltered() throws {
        let model = try model()
        #expect(try look(try explainer(model) { $0.explainedClass = "blue" }, x: 64).observations.isEmpty)
        #expect(try look(try explainer(model) { $0.explainedClass = "red" }, x: 64).observations.count == 1)
        let strict = try explainer(model) { $0.detect.minScore = 1 }
        #expect(try look(strict, x: 64).observations.isEmpty)
        // Live, from one picture to the next.
        strict.detect.minScore = 0.5
        #expect(try look(strict, x: 64, seconds: 0.1).observations.count == 1)
    }

    @Test func severalClassesMayBeNamed() throws {
        let model = try model()
        for (named, count) in [("red,blue", 1), ("blue, 0", 1), ("blue,blue", 0)] {
            #expect(try look(try explainer(model) { $0.explainedClass = named }, x: 64).observations.count == count)
        }
        let both = try explainer(model) { $0.explainedClass = "red,blue" }
        // A viewer may choose one of all classes.
        both.settings.explainedClass = 1
        #expect(try look(both, x: 64).observations.isEmpty)
        let error = #expect(throws: InferError.self) { try explainer(model) { $0.explainedClass = "red,bleu" } }
        #expect(error?.isUsage == true && error?.description.contains("did you mean 'blue'") == true)
    }

    @Test func boxesThatAreLeftOutAreTold() throws {
        let explainer = try explainer { $0.detect.maxBoxes = 1 }
        for (frame, count) in [1, 2, 2].enumerated() {
            let picture = try Pictures.frame(format, milliseconds: Int64(frame) * 100) { plane, x, y in
                let isInside = y < 32 && ((0..<32).contains(x) || count > 1 && (64..<96).contains(x))
                return isInside ? plane == 2 ? 255 : 0 : 128
            }
            try explainer.submit(picture)
            let next = try explainer.next()
            guard let next else { throw NoDetector() }
            let (things, warnings) = (next.observations.count, explainer.takeWarnings())
            #expect(things == 1 && warnings.count == (frame == 1 ? 1 : 0))
        }
    }

    @Test func aThingKeepsItsNumberAndWhatHappensToItIsTold() throws {
        let explainer = try explainer()
        var events: [String] = []
        for (frame, x) in [64, 64, nil, 64].enumerated() {
            let colour: (UInt8, UInt8, UInt8) = x == nil ? (128, 128, 128) : (255, 0, 0)
            let seen = try look(explainer, x: x, seconds: Double(frame) * 0.1, colour)
            #expect(seen.observations.map(\.track) == (x == nil ? [] : [1]))
            events += seen.events.map { "\(frame) \($0.kind) \($0.track) \($0.label)" }
        }
        #expect(events == ["0 began 1 red", "2 lost 1 red", "3 found 1 red"])
    }

    @Test func withoutTracksBoxesHaveNoNumbers() throws {
        let seen = try look(try explainer { $0.detect.track = .off }, x: 64)
        #expect(seen.observations.map(\.track) == [nil] && seen.events.isEmpty)
        #expect(seen.observations[0].heatmap.values.max() == 1)
    }

    @Test func whereThingsHaveBeenIsDrawnWhenAskedFor() throws {
        let explainer = try explainer { $0.detect.heat = .dwell }
        for frame in 0..<20 { _ = try look(explainer, x: 64, seconds: Double(frame)) }
        let gone = try look(explainer, x: 0, seconds: 20, (128, 128, 128))
        let peak = try #require(gone.heat?.peak(pictureWidth: 128, pictureHeight: 64))
        #expect(gone.observations.isEmpty && (60..<100).contains(peak.x) && peak.y < 36)
    }

    @Test func picturesThatAreNotLookedAtHaveTheBoxesOfTheOneBefore() throws {
        let explainer = try explainer { $0.camEvery = 2 }
        let first = try look(explainer, x: 64)
        let second = try look(explainer, x: 64, seconds: 0.1)
        #expect(explainer.inferences == 1)
        #expect(second.observations.map(\.box) == first.observations.map(\.box))
        #expect(abs(second.mapAge - 0.1) < 1e-6 && first.mapAge == 0)
    }

    // MARK: What cannot be

    @Test func outputsThatAreNoNumbersAreNotAnEmptyPicture() throws {
        let explainer = try explainer(try model(scores: .noNumbers))
        let error = #expect(throws: InferError.self) { try look(explainer, x: 64) }
        #expect(error?.description.contains("no numbers") == true)
    }

    @Test(arguments: ["task: detect\n", ""], ["[red, green, blue]", "[red]"])
    func labelsForAnotherNumberOfClassesAreTold(task: String, labels: String) throws {
        let model = try model(card: "\(task)labels: \(labels)\n")
        let error = #expect(throws: InferError.self) { try explainer(model) }
        #expect(error?.description.contains("\(labels.split(separator: ",").count) labels") == true)
    }

    @Test func outputsThatFitNoDecoderAreListedWithTheDecoders() throws {
        var graph = GraphWriter()
        graph.input("images", TensorType(shape: [1, 3, 64, 64]))
        graph.add("GlobalAveragePool", ["images"], ["odd"])
        graph.output("odd", TensorType(shape: [1, 3, 1, 1]))
        _ = try folder.write(Array("task: detect\n".utf8), to: "odd.yaml")
        let model = try folder.write(graph.serialized(operatorSet: 13, name: "odd"), to: "odd.onnx")
        let error = #expect(throws: InferError.self) { try explainer(model) }
        let text = error?.description ?? ""
        #expect(text.contains("odd [1, 3, 1, 1]") && text.contains("yolox") && text.contains("torchvision"))
    }

    @Test func whatIsForClassifiersIsRefused() throws {
        let model = try model()
        let asked: [(String, (inout InferConfig) -> Void)] = [
            ("--layout compare", { $0.comparesMethods = true }), ("--versus", { $0.versus = "red" }),
            ("--layer", { $0.layers = ["all"] }), ("--teach", { $0.teach = "desk" }),
        ]
        for (option, change) in asked {
            let error = #expect(throws: InferError.self) { try explainer(model, change) }
            #expect(error?.isUsage == true && error?.description.contains(option) == true)
        }
        let error = #expect(throws: InferError.self) {
            try explainer(model) { $0.method = MethodName(rawValue: "cam")! }
        }
        #expect(error?.isUsage == true)
    }

    @Test func theMethodsThatAreOfferedAreThoseThatMapBoxes() throws {
        let model = try model()
        let offered = try #require(try explainer(model).offeredMethods)
        for method in MethodName.allCases {
            let works = (try? explainer(model) { $0.method = method }) != nil
            #expect(works == offered.contains(method), "\(method.rawValue)")
        }
        #expect(offered.first == .auto && offered.count > 5)
    }

    @Test func aDetectorIsSeenByItsOutputAlone() throws {
        let model = try model(card: "labels: [red, blue]\n")
        #expect(try look(try explainer(model), x: 64).observations.count == 1)
    }
}
