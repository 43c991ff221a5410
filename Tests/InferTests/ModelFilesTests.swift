import Foundation
import Glibc
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

    @Test(
        arguments: [
            ("", []), ("negative: blue", [2]), ("negative: [blue, red]", [0, 2]), ("negative: [blue, blue]", [2]),
        ] as [(String, Set<Int>)])
    func aCardSaysWhichClassesStandForNothing(_ line: String, _ numbers: Set<Int>) throws {
        try copy("metadata_image")
        try write("labels: [red, green, blue]\n\(line)", "m.yaml")
        #expect(try ModelFiles(model: model, card: nil).negatives == numbers)
    }

    @Test(arguments: [
        ("negative: pink", "negative cannot be 'pink'; allowed: names among the labels"),
        ("negative: [red, green, blue]", "allowed: not all of the labels"), ("negative: {a: b}", "negative"),
    ])
    func aNegativeClassThatThereIsNotIsAnError(_ line: String, _ part: String) throws {
        try copy("metadata_image")
        try write("labels: [red, green, blue]\n\(line)", "m.yaml")
        let error = #expect(throws: InferError.self) { _ = try ModelFiles(model: model, card: nil) }
        #expect("\(error!)".contains(part) && "\(error!)".contains("m.yaml"), "\(error!)")
    }

    /// A card beside the model that is about other names than the card that the user names.
    @Test func aNegativeClassOfOtherNamesIsLeftOutAndTold() throws {
        try copy("metadata_ultralytics")
        let labels = try #require(try ModelFiles(model: model, card: nil).labels)
        try write("negative: pink", "m.yaml")
        let files = try ModelFiles(model: model, card: nil)
        #expect(files.negatives == [] && files.labels == labels)
        #expect(files.notes.contains { $0.contains("'pink'") }, "\(files.notes)")
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

    // MARK: - What a card may name

    private func labels(_ card: String? = nil) throws -> [String]? { try ModelFiles(model: model, card: card).labels }

    private func isRefused(_ card: String? = nil) -> Bool {
        do {
            _ = try labels(card)
        } catch InferError.labelsElsewhere {
            return true
        } catch {
            Issue.record("\(error)")
        }
        return false
    }

    @Test func aCardBesideTheModelStaysInItsFolder() throws {
        try copy("dynamic")
        let elsewhere = try TemporaryFolder()
        try elsewhere.write(Array("a\nb\nc\n".utf8), to: "names.txt")
        let sibling = "../\(URL(filePath: elsewhere.path).lastPathComponent)/names.txt"
        symlink(elsewhere.file("names.txt"), folder.file("link.txt"))
        symlink(elsewhere.path, folder.file("folder"))
        mkfifo(folder.file("fifo"), 0o600)
        for name in [elsewhere.file("names.txt"), sibling, "link.txt", "folder/names.txt", "fifo", "/dev/stdin", "."] {
            try write("labels: \(name)", "m.yaml")
            #expect(isRefused(), "\(name)")
        }
        // One that a user names is the user's word.
        try write("labels: link.txt", "m.yaml")
        #expect(try labels(folder.file("m.yaml")) == ["a", "b", "c"])
        try write("labels: sub/names.txt", "m.yaml")
        mkdir(folder.file("sub"), 0o700)
        try write("one\ntwo\nthree", "sub/names.txt")
        #expect(try labels() == ["one", "two", "three"])
    }

    /// Hugging Face's cache: names are links to where all files lie.
    @Test func aFolderOfLinksToOneOtherIsTheModelsOwn() throws {
        let blobs = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: Fixtures.model("dynamic"), toPath: blobs.file("1"))
        try blobs.write(Array("labels: names.txt".utf8), to: "2")
        try blobs.write(Array("one\ntwo\nthree".utf8), to: "3")
        for (blob, name) in [("1", "m.onnx"), ("2", "m.yaml"), ("3", "names.txt")] {
            symlink(blobs.file(blob), folder.file(name))
        }
        #expect(try labels() == ["one", "two", "three"])
    }

    @Test func filesBesideTheModelAreNotFollowedOutOfItsFolder() throws {
        try copy("dynamic")
        let elsewhere = try TemporaryFolder()
        try elsewhere.write(Array(#"{"id2label": {"0": "cat", "1": "dog", "2": "owl"}}"#.utf8), to: "secret.json")
        symlink(elsewhere.file("secret.json"), folder.file("config.json"))
        let files = try ModelFiles(model: model, card: nil)
        #expect(files.labels == nil)
        #expect(
            files.notes.contains {
                $0.hasSuffix("config.json is left out: it leads out of the model's folder, or is no file")
            })
    }

    @Test func aCardInTheModelStaysInItsFolder() throws {
        let plain = try Data(contentsOf: URL(filePath: Fixtures.model("dynamic")))
        /// A message of the protocol buffer's field, shorter than 128 bytes.
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }
        try write("one\ntwo\nthree", "names.txt")
        for (name, isRefused) in [("/etc/passwd", true), ("../names.txt", true), ("names.txt", false)] {
            let entry = field(1, Array(MetadataCard.cardKey.utf8)) + field(2, Array("labels: \(name)".utf8))
            try folder.write(plain + field(14, entry), to: "m.onnx")  // metadata_props
            if isRefused {
                #expect(self.isRefused(), "\(name)")
            } else {
                #expect(try labels() == ["one", "two", "three"])
            }
        }
    }
}
