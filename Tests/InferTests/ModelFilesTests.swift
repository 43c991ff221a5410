import Foundation
import ONNX
import TestSupport
import Testing

@testable import Infer

/// What is said of a model in several places, and which of it counts.
struct ModelFilesTests {
    private let folder: TemporaryFolder
    private let model: String

    init() throws {
        folder = try TemporaryFolder()
        model = "\(folder.path)/m.onnx"
    }

    private func copy(_ fixture: String) throws {
        try FileManager.default.copyItem(atPath: Fixtures.model(fixture), toPath: model)
    }

    private func write(_ text: String, _ name: String) throws { _ = try folder.write(Array(text.utf8), to: name) }

    private func input(_ files: ModelFiles) throws -> ModelInput {
        try ModelInput(
            files.card.input, files.model.graph.imageInput(), model: files.path, sources: files.origins)
    }

    @Test func aCardThatOnlyNamesLabelsLeavesTheModelsOwnInputAlone() throws {
        try copy("metadata_image")
        try write("labels: [red, green, blue]", "m.yaml")
        let files = try ModelFiles(model: model, card: nil)
        let input = try input(files)
        #expect(input.colour == .bgr && input.range == [0, 255] && input.mean == [0, 0, 0] && input.std == [1, 1, 1])
        #expect(files.labels == ["red", "green", "blue"])
        #expect(
            input.account == [
                "size 16x16 (model)", "layout NCHW (model)", "color BGR (metadata Image.BitmapPixelFormat)",
                "range [0.0, 255.0] (metadata Image.NominalPixelRange)",
                "mean [0.0, 0.0, 0.0] (metadata Image.NominalPixelRange)",
                "std [1.0, 1.0, 1.0] (metadata Image.NominalPixelRange)", "resize squash (default)",
                "interpolation bilinear (default)",
            ])
    }

    @Test func aCardsKeyWinsOverTheModels() throws {
        try copy("metadata_image")
        try write("input: {color: RGB, mean: [1, 2, 3]}", "m.yaml")
        let input = try input(try ModelFiles(model: model, card: nil))
        #expect(input.colour == .rgb && input.range == [0, 255] && input.mean == [1, 2, 3])
    }

    @Test func ultralyticsNamesAndInputAreTaken() throws {
        let files = try ModelFiles(model: Fixtures.model("metadata_ultralytics"), card: nil)
        let input = try input(files)
        #expect(files.labels == ["one", "t'wo", "dreiß"])
        #expect(input.mean == [0, 0, 0] && input.std == [1, 1, 1] && input.range == [0, 1])
    }

    @Test func huggingFacesFilesBesideTheModelAreRead() throws {
        try copy("dynamic")
        try write(#"{"id2label": {"0": "cat", "1": "dog", "2": "owl"}, "model_type": "vit"}"#, "config.json")
        try write(
            """
            {"do_normalize": true, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.25, 0.25, 0.25], "resample": 3,
             "do_rescale": true, "rescale_factor": 0.00392156862745098, "do_center_crop": true,
             "size": {"shortest_edge": 36}, "crop_size": {"height": 32, "width": 32}}
            """, "preprocessor_config.json")
        let files = try ModelFiles(model: model, card: nil)
        #expect(files.labels == ["cat", "dog", "owl"] && files.card.input.range == [0, 1])
        #expect(files.card.input.mean == [0.5, 0.5, 0.5] && files.card.input.std == [0.25, 0.25, 0.25])
        #expect(files.card.input.resize == .crop && files.card.input.cropFrom == 36)
        #expect(files.card.input.size == [32, 32] && files.card.input.interpolation == .bicubic)
        #expect(files.origins["mean"]?.name.hasSuffix("preprocessor_config.json") == true)
        #expect(files.companions.count == 2)
        let input = try input(files)
        #expect(input.notes == [] && input.interpolation == .bicubic)
        #expect(
            input.account.contains {
                $0.hasPrefix("interpolation bicubic (") && $0.hasSuffix("preprocessor_config.json)")
            })
    }

    /// Pillow's numbers.
    @Test(arguments: zip(0...5, ["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"]))
    func huggingFacesNumbersOfFiltersAreKnown(number: Int, name: String) throws {
        try copy("dynamic")
        try write(#"{"resample": \#(number)}"#, "preprocessor_config.json")
        let files = try ModelFiles(model: model, card: nil)
        #expect(files.card.input.interpolation?.rawValue == name && files.notes == [])
    }

    @Test func aFilterThatThereIsNotIsTold() throws {
        try copy("dynamic")
        try write(#"{"resample": 6, "image_mean": [0, 0, 0], "image_std": [1, 1, 1]}"#, "preprocessor_config.json")
        let files = try ModelFiles(model: model, card: nil)
        #expect(files.card.input.interpolation == nil && files.card.input.mean == [0, 0, 0])
        #expect(files.notes.contains { $0.contains("interpolation '6' is left out: there is none of that name here") })
    }

    @Test func timmsConfigBesideTheModelIsRead() throws {
        try copy("dynamic")
        try write(
            """
            {"architecture": "resnet18", "num_classes": 3, "pretrained_cfg": {"input_size": [3, 32, 32],
             "mean": [0.4, 0.5, 0.6], "std": [1, 1, 1], "crop_pct": 0.8, "interpolation": "nearest",
             "label_names": ["a", "b", "c"]}}
            """, "config.json")
        let files = try ModelFiles(model: model, card: nil)
        #expect(files.labels == ["a", "b", "c"] && files.card.input.mean == [0.4, 0.5, 0.6])
        #expect(files.card.input.cropFrom == 40 && files.card.input.interpolation == .nearest)
    }

    @Test func azuresFilesBesideTheModelAreRead() throws {
        try copy("gap_gemm")
        try write(
            """
            {"CustomVision.Preprocess.ResizeMethod": "Stretch", "Image.BitmapPixelFormat": "Bgr8",
             "Image.NominalPixelRange": "NominalRange_0_255"}
            """, "metadata_properties.json")
        try write("\u{feff}cat\r\ndog\r\nowl\r\n", "labels.txt")
        let files = try ModelFiles(model: model, card: nil)
        #expect(files.labels == ["cat", "dog", "owl"] && files.card.input.color == .bgr)
        #expect(files.card.input.resize == .squash && files.card.input.range == [0, 255])
    }

    @Test func filesOfAnotherModelAreLeftOutAndTold() throws {
        try copy("gap_gemm")
        try write(#"{"id2label": {"0": "cat", "1": "dog"}}"#, "config.json")
        try write(#"{"image_mean": [0, 0, 0], "image_std": [1, 1, 1]}"#, "preprocessor_config.json")
        let files = try ModelFiles(model: model, card: nil)
        #expect(files.labels == nil && files.card.input.mean == nil)
        #expect(files.notes.count == 2 && files.notes[0].contains("names 2 classes, and the model has 3"))
    }

    @Test func aSizeThatTheGraphDoesNotHaveIsAnErrorInACardAndANoteElsewhere() throws {
        try copy("gap_gemm")
        try write(#"{"input_size": [3, 32, 32]}"#, "config.json")
        let found = try input(try ModelFiles(model: model, card: nil))
        #expect(found.width == 16 && found.notes.count == 1)
        try write("input: {size: [32, 32]}", "m.yaml")
        #expect(throws: InferError.self) { try input(try ModelFiles(model: model, card: nil)) }
    }

    @Test func aMissingFileOfLabelsIsCalledMissing() throws {
        try copy("gap_gemm")
        try write("labels: names.txt", "m.yaml")
        let error = #expect(throws: InferError.self) { try ModelFiles(model: model, card: nil) }
        #expect(error?.description.contains("names.txt: there is no such file;") == true, "\(error?.description ?? "")")
    }

    @Test func malformedFilesBesideAreToldAndLeftOut() throws {
        try copy("gap_gemm")
        try write(String(repeating: "[", count: 100_000), "config.json")
        let files = try ModelFiles(model: model, card: nil)
        #expect(files.notes.count == 1 && files.notes[0].contains("more than 32 lists lie in each other"))
    }
}
