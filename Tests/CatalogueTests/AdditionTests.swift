import Foundation
import Glibc
import Infer
import TestSupport
import Testing

@testable import Catalogue

struct AdditionTests {
    private let bench: Bench
    private let add: Addition
    private let model: String

    init() throws {
        bench = try Bench([UInt8](Data(contentsOf: URL(fileURLWithPath: Fixtures.model("gap_gemm")))))
        add = Addition(
            store: bench.store, shipped: ShippedData(executable: bench.folder.file("bin/camstream")),
            catalogue: bench.catalogue)
        model = try bench.folder.write(bench.bytes, to: "download (1).onnx")
    }

    /// A model that is not the catalogue's.
    private func other(_ name: String = "other.onnx", fixture: String = "nin_conv_relu_gap_softmax") throws -> String {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.model(fixture)))
        return try bench.folder.write(bytes, to: name)
    }

    private func failure(_ file: String, name: String? = nil, card: String? = nil) throws -> CatalogueError {
        try #require(throws: CatalogueError.self) { try add(file, name: name, card: card) }
    }

    @Test func aFileOfTheCatalogueIsKnownByItsChecksum() throws {
        let result = try add(model)
        #expect(result.name == "tiny" && result.entry?.name == "tiny")
        #expect(bench.contents("tiny") == ["labels.txt", "tiny.onnx", "tiny.yaml"])
        #expect(try bench.stored("tiny/tiny.onnx") == bench.bytes)
    }

    @Test func anotherModelGetsItsFilesNameAndItsOwnCard() throws {
        let file = try other()
        try bench.folder.write("# mine\nname: Ours\nlabels: words/names.txt\n".utf8, to: "other.yaml")
        try FileManager.default.createDirectory(
            atPath: bench.folder.file("words"), withIntermediateDirectories: true)
        try bench.folder.write("one\ntwo\nthree\n".utf8, to: "words/names.txt")
        let result = try add(file)
        #expect(result.name == "other" && result.entry == nil)
        guard case .found("class maps", let description) = result.summary.head else {
            Issue.record("\(result.summary.head)")
            return
        }
        #expect(description.contains("Conv"))
        #expect(bench.contents("other") == ["labels.txt", "other.onnx", "other.yaml"])
        // What was stored stands by itself.
        let stored = try ModelSummary(model: result.path, card: nil)
        #expect(stored.card.name == "Ours" && stored.labels == ["one", "two", "three"])
    }

    @Test func whatFilesBesideTheModelSayIsStoredWithIt() throws {
        let file = try other()
        try bench.folder.write(#"{"id2label": {"0": "a", "1": "b", "2": "c"}}"#.utf8, to: "config.json")
        try bench.folder.write(
            #"{"image_mean": [0.5, 0.5, 0.5], "image_std": [1, 1, 1]}"#.utf8, to: "preprocessor_config.json")
        try bench.folder.write(#"["one", "two", "three"]"#.utf8, to: "names.json")
        try bench.folder.write("labels: names.json".utf8, to: "other.yaml")
        let result = try add(file)
        #expect(
            bench.contents("other")
                == ["config.json", "labels.json", "other.onnx", "other.yaml", "preprocessor_config.json"])
        let stored = try ModelSummary(model: result.path, card: nil)
        #expect(stored.labels == ["one", "two", "three"] && stored.card.input.mean == [0.5, 0.5, 0.5])
    }

    @Test func aModelWithWeightsInOtherFilesIsStoredAsOneFile() throws {
        let result = try add(Fixtures.model("external"), name: "one")
        #expect(bench.contents("one") == ["one.onnx"])
        #expect(try ModelSummary(model: result.path, card: nil).head == result.summary.head)
    }

    @Test func aModelWithoutAHeadIsStoredAndSaysWhy() throws {
        guard case .missing(let reason) = try add(Fixtures.model("vgg")).summary.head else {
            Issue.record("a head was found")
            return
        }
        #expect(reason.contains("GAP head"))
        #expect(bench.store.names == ["vgg"])
    }

    @Test func aModelInTwoFilesIsNotHalfAdded() throws {
        let error = #expect(throws: (any Error).self) {
            try add(checkout.appending(path: "Tests/Fixtures/ir/anomaly.xml").path)
        }
        #expect(error.map { "\($0)" }?.contains("use it by its path") == true)
    }

    @Test func aDetectorNeedsNoHead() throws {
        let detector = checkout.appending(path: "Tests/Fixtures/detectors/yolov8.onnx").path
        #expect(try add(detector).summary.head == .notNeeded(output: "boxes"))
    }

    @Test func whatIsNoModelIsRefused() throws {
        let text = try bench.folder.write("no model".utf8, to: "text.onnx")
        #expect(try failure(text).category == .badInput)
        #expect(try failure(bench.folder.file("missing.onnx")).description.contains("no such model file"))
        #expect(bench.contents().isEmpty)
    }

    @Test func aCardThatDoesNotFitIsRefused() throws {
        let file = try other()
        let misspelt = try bench.folder.write("inputt: {}".utf8, to: "card.yaml")
        #expect(try failure(file, card: misspelt).description.contains("unknown setting 'inputt'"))
        let labels = try bench.folder.write("labels: [one]".utf8, to: "card.yaml")
        #expect(try failure(file, card: labels).description.contains("1 labels"))
        let missing = try bench.folder.write("labels: nowhere.txt".utf8, to: "card.yaml")
        #expect(try failure(file, card: missing).description.contains("nowhere.txt"))
        #expect(bench.contents().isEmpty)
    }

    @Test func labelsOfOtherFoldersAreNotCopied() throws {
        let file = try other()
        let secret = try TemporaryFolder()
        try secret.write("one\ntwo\nthree\n".utf8, to: "names.txt")
        #expect(symlink(secret.file("names.txt"), bench.folder.file("link.txt")) == 0)
        for labels in [
            secret.file("names.txt"), "link.txt", "../\(URL(filePath: secret.path).lastPathComponent)/names.txt",
        ] {
            let card = try bench.folder.write("labels: \(labels)".utf8, to: "card.yaml")
            #expect(try failure(file, card: card).description.contains("no file in its own folder, which is refused"))
        }
        #expect(bench.contents().isEmpty)
    }

    @Test func copiesAreReadableForNobodyElse() throws {
        let file = try other()
        let labels = try bench.folder.write("one\ntwo\nthree\n".utf8, to: "names.txt")
        try bench.folder.write("labels: names.txt".utf8, to: "other.yaml")
        chmod(labels, 0o600)
        let result = try add(file)
        var status = stat()
        let stored = URL(filePath: result.path).deletingLastPathComponent().appending(path: "labels.txt").path
        #expect(stat(stored, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func namesOfOtherModelsAreRefused() throws {
        let file = try other()
        #expect(try failure(file, name: "tiny").description.contains("name of another model"))
        #expect(try failure(file, name: "imagenet").description.contains("name of another model"))
        #expect(try failure(file, name: "../up").description.contains("cannot be called"))
        #expect(try failure(try other("a b.onnx")).description.contains("cannot be called 'a b'"))
        #expect(bench.contents().isEmpty)
    }

    @Test func aModelIsReplacedOnlyByForce() throws {
        _ = try add(try other(), name: "mine")
        let second = try other("second.onnx", fixture: "sigmoid")
        #expect(try failure(second, name: "mine").description.contains("--force"))
        _ = try add(second, name: "mine", replacing: true)
        #expect(try bench.stored("mine/mine.onnx") == bench.folder.bytes(of: "second.onnx"))
        #expect(bench.contents() == ["mine"])
    }
}
