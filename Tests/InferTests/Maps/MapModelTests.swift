import Engine
import Foundation
import ONNX
import Pipeline
import TestSupport
import Testing
import Tracking

@testable import Infer

/// Models whose output is the map: it is shown as it is.
struct MapModelTests {
    private let format = Pictures.format(64, 64)
    private let folder: TemporaryFolder
    private static let exact = "input: {mean: [0], std: [1]}\n"

    init() throws { folder = try TemporaryFolder() }

    /// What is seen in a picture with a red rectangle on grey.
    private struct Seen {
        let reading: ScoreReading
        let label: String?
        let top: [Prediction]
        let observations: [Observation]
        let isRecognised: Bool
        let method: String
        let notes: [String]
        let warnings: [String]
    }
    private struct NothingCame: Error {}

    private func seen(
        _ model: String, red: UInt8 = 255, mapCount: Int = 1, _ change: (inout InferConfig) -> Void = { _ in }
    ) throws -> Seen {
        var config = InferConfig()
        (config.model, config.smoothing) = (model, 0)
        change(&config)
        let explainer = try Explainer(config, format: format, mapCount: mapCount)
        try explainer.submit(try Pictures.rectangle(format, (red, 0, 0), x: 32..<64, y: 0..<32))
        let next = try explainer.next()
        guard let next else { throw NothingCame() }
        return Seen(
            reading: next.reading, label: next.drawn?.label, top: next.top, observations: next.observations,
            isRecognised: next.isRecognised, method: explainer.method, notes: explainer.notes,
            warnings: explainer.takeWarnings())
    }

    /// A model that picks channels of the picture by a 1×1 convolution.
    private func write(
        _ name: String, channels: Int, _ weights: [Float], set: Int = 17, card: String? = nil,
        outputs: [(String, TensorType)] = [("out", TensorType(shape: [1, 3, 16, 16]))],
        _ body: (inout GraphWriter) -> Void = { $0.add("Identity", ["values"], ["out"]) }
    ) throws -> String {
        var graph = GraphWriter()
        graph.input("input", TensorType(shape: [1, 3, 16, 16]))
        graph.constant("kernel", weights, shape: [channels, 3, 1, 1])
        graph.add("Conv", ["input", "kernel"], ["values"])
        body(&graph)
        for (name, type) in outputs { graph.output(name, type) }
        if let card { _ = try folder.write(Array(card.utf8), to: "\(name).yaml") }
        return try folder.write(graph.serialized(operatorSet: set, name: name), to: "\(name).onnx")
    }

    /// What looks at pictures that are black at the left, where its map is 0 / 0.
    private func explainerOfGaps(_ activation: String) throws -> Explainer {
        var config = InferConfig()
        config.smoothing = 0
        config.model = try write(
            activation, channels: 1, [1, 0, 0], card: Self.exact + "task: map\n",
            outputs: [("out", TensorType(shape: [1, 1, 16, 16]))]
        ) { graph in
            graph.add("Div", ["values", "values"], ["depth"])
            graph.add(activation, ["depth"], ["out"])
        }
        return try Explainer(config, format: format, mapCount: 1)
    }

    private func black(_ frame: Int) throws -> Frame {
        try Pictures.rectangle(format, (0, 0, 0), x: 0..<32, y: 0..<64, milliseconds: Int64(frame * 40))
    }

    @Test func placesOfADepthThatAreNoNumbersAreToldOnce() throws {
        let explainer = try explainerOfGaps("Identity")
        var warnings: [String] = []
        for frame in 0..<3 {
            try explainer.submit(try black(frame))
            let next = try explainer.next()
            guard let next else { throw NothingCame() }
            let values = next.observations.first?.heatmap.values ?? []
            #expect(!values.isEmpty && values.allSatisfy(\.isFinite))
            warnings += explainer.takeWarnings()
        }
        #expect(warnings.count == 1 && warnings.first?.contains("no finite numbers") == true, "\(warnings)")
    }

    /// The share of the picture is none, either.
    @Test func aSaliencyThatIsNoNumberIsAnError() throws {
        let explainer = try explainerOfGaps("Sigmoid")
        try explainer.submit(try black(7))
        let error = #expect(throws: InferError.self) { _ = try explainer.next() }
        #expect(error?.isOfOnePicture == true)
    }

    /// Three classes; the second is red's.
    private static let classes: [Float] = [0, 0, 0, 8, 0, 0, 0, 0, -8]

    @Test(arguments: [11, 13, 18]) func aSegmentationIsItsClassesProbabilitiesAndTheirShares(set: Int) throws {
        let model = try write(
            "parts", channels: 3, Self.classes, set: set, card: Self.exact + "labels: [floor, part, sky]\n")
        let seen = try seen(model) { $0.explainedClass = "part" }
        #expect(seen.reading == .share && seen.method == "map")
        let map = try #require(seen.observations.first)
        // Inside: e⁸ / (e⁸ + 2) where blue is 0; outside grey 128: e^(8 · 128/255) beside 1 and e^(-8 · 128/255).
        func softmax(_ values: [Double]) -> [Double] {
            let powers = values.map { Foundation.exp($0) }
            return powers.map { $0 / powers.reduce(0, +) }
        }
        let grey = 8 * 128.0 / 255
        let (inside, outside) = (softmax([0, 8, 0]), softmax([0, grey, -grey]))
        let values = map.heatmap.values
        #expect(map.heatmap.height == 16 && map.heatmap.width == 16)
        #expect(abs(Double(values[2 * 16 + 12]) - inside[1]) < 0.01)
        #expect(abs(Double(values[12 * 16 + 3]) - outside[1]) < 0.02)
        // Shares are means over the picture, which add up.
        let sum = seen.top.reduce(0) { $0 + $1.probability }
        #expect(abs(sum - 1) < 1e-4)
        let share = seen.top.first { $0.label == "part" }.map { Double($0.probability) } ?? 0
        let expected = (inside[1] + 3 * outside[1]) / 4
        #expect(abs(share - expected) < 0.02)
        #expect(map.heatmap.level == 0.5)
    }

    @Test func theBackgroundOfASegmentationIsNotWhatIsShown() throws {
        let model = try write(
            "bg", channels: 2, [0, 8, 0, 4, 0, 0],
            card: Self.exact + "labels: [background, part]\nnegative: background\n",
            outputs: [("out", TensorType(shape: [1, 2, 16, 16]))])
        let seen = try seen(model)
        #expect(seen.label == "part" && seen.isRecognised)
        #expect(seen.top.map(\.label) == ["part"])
    }

    @Test func anArgMaxIsLookedThrough() throws {
        let model = try write(
            "arg", channels: 3, Self.classes, card: Self.exact + "task: map\n",
            outputs: [("out", TensorType(shape: [1, 16, 16], elementType: .int64))]
        ) {
            $0.add("ArgMax", ["values"], ["out"], [.int("axis", 1), .int("keepdims", 0)])
        }
        let seen = try seen(model) { $0.explainedClass = "1" }
        #expect(seen.reading == .share && seen.observations[0].heatmap.values[2 * 16 + 12] > 0.99)
    }

    @Test func oneMapOfAnyRangeIsScaledByItsOwnAndHasNoNumber() throws {
        let model = try write(
            "depth", channels: 1, [30, 0, 0], card: Self.exact, outputs: [("out", TensorType(shape: [1, 1, 16, 16]))])
        let seen = try seen(model) { $0.usualScale = .frame }
        #expect(seen.reading == .none && seen.label == "out" && seen.isRecognised)
        #expect(seen.observations[0].heatmap.values.max() == 1 && seen.observations[0].heatmap.level == nil)
    }

    @Test(arguments: [true, false]) func oneMapOfProbabilitiesHasAFixedScale(isInTheGraph: Bool) throws {
        let model = try write(
            "salient\(isInTheGraph)", channels: 1, [1, 0, 0],
            card: Self.exact + (isInTheGraph ? "" : "activation: sigmoid\n"),
            outputs: [("out", TensorType(shape: [1, 1, 16, 16]))]
        ) {
            $0.add(isInTheGraph ? "Sigmoid" : "Identity", ["values"], ["out"])
        }
        let seen = try seen(model)
        #expect(seen.reading == .share)
        // σ(1): a map scaled by its own maximum would have 1.
        #expect(abs((seen.observations[0].heatmap.values.max() ?? 0) - 0.731) < 0.01)
    }

    /// A classifier's map that is the same everywhere shows no place, and is told.
    @Test func aMapOfNothingIsAnAnswer() throws {
        let model = try write(
            "nothing", channels: 1, [0, 0, 0], card: Self.exact + "activation: sigmoid\n",
            outputs: [("out", TensorType(shape: [1, 1, 16, 16]))])
        let seen = try seen(model)
        #expect(Set(seen.observations[0].heatmap.values).count == 1 && seen.warnings.isEmpty, "\(seen.warnings)")
    }

    // MARK: Anomalies

    private static let verdict = [
        ("anomaly_map", TensorType(shape: [1, 1, 16, 16])), ("pred_score", TensorType(shape: [1])),
        ("pred_label", TensorType(shape: [1], elementType: .bool)),
    ]
    private static let masked = [
        ("anomaly_map", TensorType(shape: [1, 1, 16, 16])), ("pred_score", TensorType(shape: [1])),
        ("pred_mask", TensorType(shape: [1, 1, 16, 16], elementType: .bool)),
    ]

    /// anomalib 2's outputs: the red channel is the map.
    private func second(_ name: String = "second") throws -> String {
        try write(name, channels: 1, [1, 0, 0], outputs: Self.verdict) {
            $0.add("Identity", ["values"], ["anomaly_map"])
            $0.add("ReduceMax", ["anomaly_map"], ["pred_score"], [.ints("axes", [1, 2, 3]), .int("keepdims", 0)])
            $0.constant("half", [0.5] as [Float], shape: [1])
            $0.add("Greater", ["pred_score", "half"], ["pred_label"])
        }
    }

    /// anomalib 1's: one map, and what it is normalised by in a file.
    private func first(_ facts: String) throws -> String {
        _ = try folder.write(Array(facts.utf8), to: "metadata.json")
        return try write(
            "first", channels: 1, [10, 0, 0], outputs: [("out", TensorType(shape: [1, 1, 16, 16]))])
    }

    @Test func anAnomalyMapOfVersion2IsShownAsItIs() throws {
        let seen = try seen(try second())
        #expect(seen.reading == .anomaly && seen.label == "anomalous" && seen.isRecognised)
        #expect(abs(seen.top[0].probability - 1) < 0.01)
        let map = seen.observations[0].heatmap
        #expect(abs((map.values.max() ?? 0) - 1) < 0.01)
        #expect(abs(map.values[12 * 16 + 3] - 128 / 255) < 0.02)
        // The box is that of what is beyond the threshold, and not of the hottest fifth.
        let box = try #require(map.hotBox(pictureWidth: 64, pictureHeight: 64))
        #expect(box.x0 >= 0 && seen.notes.contains { $0.contains("normalised in the graph") })
        #expect(seen.notes.contains { $0.contains("computed in f32") })
    }

    @Test func aGoodPartIsCalledNormalAndStaysCold() throws {
        let model = try write("calm", channels: 1, [0.2, 0, 0], outputs: Self.masked) {
            $0.add("Identity", ["values"], ["anomaly_map"])
            $0.add("ReduceMax", ["anomaly_map"], ["pred_score"], [.ints("axes", [1, 2, 3]), .int("keepdims", 0)])
            $0.constant("half", [0.5] as [Float], shape: [1])
            $0.add("Greater", ["anomaly_map", "half"], ["pred_mask"])
        }
        let seen = try seen(model)
        #expect(seen.label == "normal")
        #expect(abs(ScoreReading.anomalyScore(seen.top[0]) - 0.2) < 0.01)
        let map = seen.observations[0].heatmap
        #expect((map.values.max() ?? 1) < 0.21)
        #expect(map.hotBox(pictureWidth: 64, pictureHeight: 64) == nil)
        #expect(map.hotShare(pictureWidth: 64, pictureHeight: 64) == 0)
    }

    /// (x - threshold) / (max - min) + 0.5, clipped; the score is the largest value, with its own threshold.
    @Test(
        arguments: [
            #"{"image_threshold": 6, "pixel_threshold": 5, "min": 0, "max": 20}"#,
            #"{"image_threshold": 6, "pixel_threshold": 5, "normalization_scale": 20}"#,
            """
            {"image_threshold": 6, "pixel_threshold": 5, "anomaly_maps.min": 0, "anomaly_maps.max": 20,
             "pred_scores.min": 0, "pred_scores.max": 20}
            """,
        ]) func anAnomalyMapOfVersion1IsNormalisedByTheFileBesideIt(facts: String) throws
    {
        let seen = try seen(try first(facts))
        #expect(seen.reading == .anomaly && seen.label == "anomalous")
        let picture: Float = (10 - 6) / 20 + 0.5
        #expect(abs(seen.top[0].probability - picture) < 0.01)
        let map = seen.observations[0].heatmap.values
        let inside: Float = (10 - 5) / 20 + 0.5
        let outside: Float = (10 * 128 / 255 - 5) / 20 + 0.5
        #expect(abs((map.max() ?? 0) - inside) < 0.01)
        #expect(abs(map[12 * 16 + 3] - outside) < 0.02)
    }

    @Test func whatTheGraphHasNormalisedIsNotNormalisedAgain() throws {
        _ = try folder.write(
            Array(#"{"image_threshold": 6, "pixel_threshold": 5, "min": 0, "max": 20}"#.utf8), to: "metadata.json")
        let seen = try seen(try second())
        #expect(abs(seen.top[0].probability - 1) < 0.01)
        #expect(seen.notes.contains { $0.contains("thresholds that are left out") })
    }

    @Test func anAnomalyMapWithoutThresholdsIsNotCalledNormalised() throws {
        let model = try write(
            "bare", channels: 1, [10, 0, 0], outputs: [("anomaly_map", TensorType(shape: [1, 1, 16, 16]))]
        ) {
            $0.add("Identity", ["values"], ["anomaly_map"])
        }
        let seen = try seen(model)
        #expect(seen.reading == .none && seen.label == "anomaly_map")
    }

    @Test func aCardSaysWhatAnotherAnomalyModelNeeds() throws {
        let model = try write(
            "own", channels: 1, [10, 0, 0],
            card: Self.exact + "task: map\nlabels: [fine, broken]\nanomaly: {threshold: 5, scale: 20, score: worst}\n",
            outputs: [("out", TensorType(shape: [1, 1, 16, 16])), ("worst", TensorType(shape: [1]))]
        ) {
            $0.add("Identity", ["values"], ["out"])
            $0.add("ReduceMax", ["out"], ["worst"], [.ints("axes", [1, 2, 3]), .int("keepdims", 0)])
        }
        let seen = try seen(model)
        #expect(seen.label == "broken" && abs(seen.top[0].probability - 0.75) < 0.01)
    }

    @Test func anOpenVINOModelOfAnyNumberOfPixelsIsRead() throws {
        let path = checkout.appending(path: "Tests/Fixtures/ir/anomaly.xml").path
        let seen = try seen(path)
        #expect(
            try InferConfig().weightFiles(ofModel: path).map { URL(filePath: $0).lastPathComponent } == ["anomaly.bin"])
        #expect(seen.reading == .anomaly && seen.label == "anomalous")
        let map = seen.observations[0].heatmap
        #expect(map.height == 256 && map.width == 256)
        #expect(abs(map.values[40 * 256 + 200] - 1) < 0.02 && abs(map.values[200 * 256 + 40] - 128 / 255) < 0.02)
    }

    /// SegFormer's 150 classes at a quarter of 64 pixels: more channels than columns.
    @Test(arguments: [true, false]) func moreClassesThanColumnsAreNoChannelsLast(hasLabels: Bool) throws {
        let labels = (0..<40).map { "c\($0)" }.joined(separator: ", ")
        let model = try write(
            "wide\(hasLabels)", channels: 40, [Float](repeating: 0, count: 120),
            card: Self.exact + "task: map\n" + (hasLabels ? "labels: [\(labels)]\n" : ""),
            outputs: [("out", TensorType(shape: [1, 40, 16, 16]))])
        let map = try #require(try seen(model).observations.first).heatmap
        #expect(map.height == 16 && map.width == 16)
    }

    @Test func anAnomalyMapMayHaveItsOnlyChannelLast() throws {
        let model = try write(
            "last", channels: 1, [1, 0, 0],
            outputs: [
                ("anomaly_map", TensorType(shape: [1, 16, 16, 1])), ("pred_score", TensorType(shape: [1])),
                ("pred_label", TensorType(shape: [1], elementType: .bool)),
            ]
        ) {
            $0.add("Transpose", ["values"], ["anomaly_map"], [.ints("perm", [0, 2, 3, 1])])
            $0.add("ReduceMax", ["anomaly_map"], ["pred_score"], [.ints("axes", [1, 2, 3]), .int("keepdims", 0)])
            $0.constant("half", [0.5] as [Float], shape: [1])
            $0.add("Greater", ["pred_score", "half"], ["pred_label"])
        }
        let seen = try seen(model)
        #expect(seen.label == "anomalous" && seen.observations[0].heatmap.height == 16)
    }

    @Test(
        arguments: [
            #"{"image_threshold": 6, "pixel_threshold": 5, "min": 20, "max": 20}"#,
            #"{"image_threshold": "six", "pixel_threshold": "five", "min": 0, "max": 20}"#,
        ]) func thresholdsThatCannotBeAppliedAreTold(facts: String) throws
    {
        let seen = try seen(try first(facts))
        #expect(seen.reading == .none && seen.notes.contains { $0.contains("thresholds that cannot be applied") })
    }

    // MARK: What it has no use for

    /// Borders would count in scores and shares.
    @Test func aLetterboxIsRefused() throws {
        let model = try write(
            "boxed", channels: 3, Self.classes, card: "task: map\ninput: {mean: [0], std: [1], resize: letterbox}\n")
        let error = #expect(throws: InferError.self) { try seen(model) }
        #expect(error?.description.contains("resize: squash or crop") == true)
    }

    @Test(arguments: ["gradcam", "cam"]) func anotherMethodIsRefused(method: String) throws {
        let model = try second()
        let error = #expect(throws: InferError.self) {
            try seen(model) { $0.method = MethodName(rawValue: method)! }
        }
        #expect(error?.isUsage == true && error?.description.contains("leave out --method \(method)") == true)
    }

    @Test func scoresThatAreNoNumbersAreTold() throws {
        let model = try write("nan", channels: 1, [1, 0, 0], outputs: Self.verdict) {
            $0.add("Sub", ["values", "values"], ["zero"])
            $0.add("Div", ["zero", "zero"], ["anomaly_map"])
            $0.add("ReduceMax", ["anomaly_map"], ["pred_score"], [.ints("axes", [1, 2, 3]), .int("keepdims", 0)])
            $0.constant("half", [0.5] as [Float], shape: [1])
            $0.add("Greater", ["pred_score", "half"], ["pred_label"])
        }
        let error = #expect(throws: InferError.self) { try seen(model) }
        #expect(error?.description.contains("not finite numbers") == true)
    }

    @Test func aModelWithoutAMapIsToldByItsOutputs() throws {
        var graph = GraphWriter()
        graph.input("input", TensorType(shape: [1, 3, 16, 16]))
        graph.add("GlobalAveragePool", ["input"], ["out"])
        graph.output("out", TensorType(shape: [1, 3, 1, 1]))
        _ = try folder.write(Array("task: map\n".utf8), to: "flat.yaml")
        let model = try folder.write(graph.serialized(operatorSet: 13, name: "flat"), to: "flat.onnx")
        let error = #expect(throws: InferError.self) { try seen(model) }
        #expect(error?.description.contains("no output is a map of the image") == true)
        #expect(error?.description.contains("'out' [1, 3, 1, 1]") == true)
    }
}
