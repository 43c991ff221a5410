import Capture
import Engine
import Foundation
import Infer
import ONNX
import Pipeline
import TestSupport
import Testing

@testable import Fit

/// The file that is written: a classifier like any other.
struct FittedModelTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// - Parameter weights: a row for each of two classes.
    private func write(
        _ backbone: Backbone, _ classes: [String], name: String = "mine.onnx"
    ) throws -> String {
        let channels = backbone.channels
        let weights = (0..<classes.count * channels).map { Float($0 % 5) - 2 }
        let card = FittedCard(name: "Mine", classes: classes, input: backbone.input, about: ModelCard.About())
        let bytes = try backbone.classifier(
            weights: weights, bias: classes.indices.map { Float($0) / 4 },
            metadata: [MetadataCard.cardKey: card.text(), Provenance.key: "{}"])
        return try folder.write(bytes, to: name)
    }

    @Test func aSingleFileHasHeadLabelsAndPreprocessing() throws {
        let backbone = try Backbone(model: Photos.backbone, card: nil)
        let path = try write(backbone, ["cup", "none"])
        let summary = try ModelSummary(model: path, card: nil)
        #expect(summary.labels == ["cup", "none"] && summary.hasCard && summary.card.name == "Mine")
        #expect(summary.card.input.range == [0, 1] && summary.card.input.mean == [0, 0, 0])
        #expect(summary.card.input.size == [224, 224] && summary.card.input.color == .rgb)
        guard case .found("GAP + dense", _) = summary.head else {
            Issue.record("\(summary.head)")
            return
        }
        let again = try Backbone(model: path, card: nil).input
        #expect(again.pictureInput == backbone.input.pictureInput && again.resize == backbone.input.resize)
        #expect(again.interpolation == backbone.input.interpolation && again.cropFrom == backbone.input.cropFrom)
    }

    @Test func namesOfClassesComeBackAsTheyAre() throws {
        let names = ["no", "1", "~", "a: b", "\"q\"", "tab\there", "Köln #3", " ", "- x", "名前", "{}"]
        let path = try write(try Backbone(model: Photos.backbone, card: nil), names)
        #expect(try ModelSummary(model: path, card: nil).labels == names)
    }

    @Test(
        arguments: [
            (["cup", "none"], ["none"]), (["Cup", "Other", "background"], ["Other", "background"]),
            (["cup", "pen"], nil), (["background", "none"], nil),
        ] as [([String], [String]?)])
    func theCardTellsWhichClassesStandForNothing(_ classes: [String], _ negative: [String]?) throws {
        let path = try write(try Backbone(model: Photos.backbone, card: nil), classes)
        #expect(try ModelSummary(model: path, card: nil).card.negative == negative)
    }

    @Test func theSameNumbersGiveTheSameBytes() throws {
        let one = try write(try Backbone(model: Photos.backbone, card: nil), ["a", "b"], name: "one.onnx")
        let two = try write(try Backbone(model: Photos.backbone, card: nil), ["a", "b"], name: "two.onnx")
        #expect(try Data(contentsOf: URL(filePath: one)) == Data(contentsOf: URL(filePath: two)))
    }

    @Test func scoresAreTheLayersAndMapsAddUpToThem() throws {
        let backbone = try Backbone(model: Photos.backbone, card: nil)
        let classes = ["a", "b", "c"]
        let path = try write(backbone, classes)
        try folder.write(Photos.picture(Photos.red, width: 100, height: 80), to: "red.ppm")
        let entry = DataList.Entry(path: folder.file("red.ppm"), name: "red.ppm", label: 0)
        let compiled = try backbone.compile()
        let found = try Extraction(
            DataList(classes: classes, entries: [entry]), backbone, compiled, ExtractionOptions()
        ) { _, _ in }
        let features = found.features[0]
        let logits = (0..<3).map { label in
            Float(label) / 4
                + zip(features, 0...).reduce(Float(0)) {
                    $0 + $1.0 * (Float((label * backbone.channels + $1.1) % 5) - 2)
                }
        }
        let softmax = logits.map { exp($0 - logits.max()!) }
        // Exact maps, checked by the explainer itself with the first picture.
        var config = InferConfig()
        (config.model, config.method, config.precision, config.smoothing) = (
            path, MethodName(rawValue: "cam")!, .f32, 0
        )
        try FrameSampler(most: 1, interrupt: Interrupt())(entry) { frame, format, _ in
            let explainer = try Explainer(config, format: format, mapCount: 1)
            #expect(explainer.notes.contains("model card: in the model (metadata camstream.card)"))
            try explainer.submit(try frame.reference())
            let top = try #require(try explainer.next()?.top.sorted { $0.classID < $1.classID })
            for (prediction, value) in zip(top, softmax) {
                #expect(abs(prediction.probability - value / softmax.reduce(0, +)) < 1e-4)
            }
        }
    }

    @Test func backbonesWithoutAPoolingHeadAreRefused() throws {
        let error = #expect(throws: InferError.self) { try Backbone(model: Fixtures.model("vgg"), card: nil) }
        guard case .model(let cause) = error, case .noGAPHead = cause.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        "gap_gemm", "nhwc_reducemean", "fp16", "nin_conv_relu_gap_softmax", "one_logit", "quantised",
    ])
    func othersServe(_ name: String) throws {
        let backbone = try Backbone(model: Fixtures.model(name), card: nil)
        #expect(backbone.channels == (name.hasPrefix("nin") ? 3 : 4))
        let path = try write(backbone, ["a", "b"])
        guard case .found("GAP + dense", _) = try ModelSummary(model: path, card: nil).head else {
            Issue.record("no head")
            return
        }
        _ = try backbone.compile()
    }

    @Test func panelsAreJPEGsOfAClassEach() throws {
        let path = try write(try Backbone(model: Photos.backbone, card: nil), ["a", "b"])
        // Red on the left, blue on the right.
        var bytes = Array("P6\n640 400\n255\n".utf8)
        for _ in 0..<400 {
            for column in 0..<640 { bytes += column < 320 ? [220, 40, 40] : [40, 40, 220] }
        }
        try folder.write(bytes, to: "red.ppm")
        let entry = DataList.Entry(path: folder.file("red.ppm"), name: "red.ppm", label: 0)
        let example = Example(entry: 0, name: "red.ppm", label: 0, group: 0, seconds: nil)
        let panels = try (0...1).compactMap { try HeatPanels(model: path).panel(of: example, entry, classID: $0) }
        #expect(panels.count == 2 && panels[0] != panels[1])
        #expect(panels.allSatisfy { $0.starts(with: [0xff, 0xd8, 0xff]) })
        try folder.write(panels[0], to: "panel.jpg")
        #expect(
            try FFmpegTool.probe(["-show_entries", "stream=width,height", folder.file("panel.jpg")]).split(
                separator: "\n")
                == ["320", "200"])
    }
}
