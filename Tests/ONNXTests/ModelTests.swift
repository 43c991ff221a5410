import Foundation
import ONNX
import TestSupport
import Testing

struct ModelTests {
    /// Fields that are not declared are written behind the others: `gap_gemm` has some.
    @Test(arguments: try Fixtures.models.filter { !invalid.contains($0) && $0 != "external" && $0 != "gap_gemm" })
    func readingAndWritingKeepsEveryByte(_ name: String) throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.model(name)))
        let written = try Model(contentsOf: Fixtures.model(name)).serialized()
        let isSame = written == [UInt8](bytes)
        #expect(isSame)
    }

    @Test func descriptionsThatAreNotUsedAreKept() throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.model("gap_gemm")))
        let written = Data(try Model(contentsOf: Fixtures.model("gap_gemm")).serialized())
        #expect(written.count == bytes.count)
        for text in ["a tiny classifier", "fixtures", "graph", "first", "weights", "picture"] {
            #expect(written.ranges(of: Data(text.utf8)).count == bytes.ranges(of: Data(text.utf8)).count)
        }
    }

    @Test func unknownFieldsSurvive() throws {
        let extra = Wire.field(4000, "of a later version")
        let graph =
            Wire.node("Relu", ["a"], ["b"]) + Wire.input("a") + Wire.output("b") + extra
            + Wire.initialiser("c", [1], type: 1, Wire.field(9, [0, 0, 128, 63]) + extra)
        let model = try Model(Wire.model(graph) + extra)
        let written = try model.serialized()
        #expect(written.count == Wire.model(graph).count + extra.count)
        #expect(Data(written).ranges(of: Data(extra)).count == 3)
        #expect(try Model(Data(written)).serialized() == written)
    }

    @Test func absentAndEmptyFieldsStayDifferent() throws {
        let named = Wire.model(
            Wire.field(1, Wire.field(1, "a") + Wire.field(2, "b") + Wire.field(3, "") + Wire.field(4, "Relu"))
                + Wire.input("a") + Wire.output("b"))
        let nameless = Wire.model(Wire.node("Relu", ["a"], ["b"]) + Wire.input("a") + Wire.output("b"))
        #expect(try Model(named).serialized() == [UInt8](named))
        #expect(try Model(nameless).serialized() == [UInt8](nameless))
    }

    @Test func metadataAreADictionary() throws {
        let model = try Model(contentsOf: Fixtures.model("gap_gemm"))
        #expect(model.metadata == ["labels": "one,two,three", "mean": "0.5"])
        #expect(model.graph.operatorSets == ["": 13])
    }

    @Test func operatorSetsHaveDomains() throws {
        #expect(try Model(contentsOf: Fixtures.model("unknown_operator")).graph.operatorSets == ["": 13, "custom": 1])
    }

    @Test func anAddedOutputIsWritten() throws {
        var model = try Model(contentsOf: Fixtures.model("gap_gemm"))
        try model.graph.addOutput("features")
        try model.graph.addOutput("features")
        try model.graph.addOutput("scores")
        #expect(model.graph.outputs.map(\.name) == ["scores", "features"])
        let again = try Model(Data(try model.serialized()))
        #expect(again.graph.outputs.map(\.name) == ["scores", "features"])
        #expect(throws: ONNXError(file: model.file, problem: .layerNotFound("nothing", similar: []))) {
            try model.graph.addOutput("nothing")
        }
    }

    @Test func anAddedOutputKeepsItsDeclaredShape() throws {
        var model = try Model(contentsOf: Fixtures.model("small_window"))
        try model.graph.addOutput("features")
        #expect(model.graph.outputs.last?.shape == [.size(1), .size(4), .size(8), .size(8)])
    }
}

/// Files that are no models, and what is said of them.
final class BadFileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("onnx-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func message(_ bytes: Data) throws -> String {
        let file = folder.appendingPathComponent("model.onnx")
        try bytes.write(to: file)
        let error = #expect(throws: ONNXError.self) { try Model(contentsOf: file.path) }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("\(file.path): ") && !text.contains("\n"))
        return String(text.dropFirst(file.path.count + 2))
    }

    private func fixture(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: Fixtures.model(name)))
    }

    @Test func missing() {
        let file = folder.appendingPathComponent("nowhere.onnx").path
        #expect(throws: ONNXError(file: file, problem: .notFound)) { try Model(contentsOf: file) }
    }

    @Test func aFolder() {
        #expect(throws: ONNXError(file: folder.path, problem: .notAFile)) { try Model(contentsOf: folder.path) }
    }

    @Test func aDevice() {
        #expect(throws: ONNXError(file: "/dev/zero", problem: .notAFile)) { try Model(contentsOf: "/dev/zero") }
    }

    @Test func empty() throws {
        #expect(try message(Data()) == "the model file is empty; download or export it again")
    }

    @Test func truncated() throws {
        let whole = try fixture("gap_gemm")
        #expect(
            try message(whole.prefix(600)) == "the model is cut off after 600 bytes; download or copy it again")
    }

    @Test func randomBytes() throws {
        var generator = Noise(7)
        let bytes = Data((0..<4096).map { _ in UInt8.random(in: 0...255, using: &generator) })
        #expect(
            try message(bytes) == "is not an ONNX model, or it is damaged; download or export it again")
    }

    @Test(arguments: [
        ("name: model\ninput: äöü\n", "is a text file, not an ONNX model; name the .onnx file"),
        (
            "<!DOCTYPE html>" + String(repeating: "é", count: 300),
            "is a text file, not an ONNX model; name the .onnx file"
        ),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
            "is only a Git LFS pointer, not an ONNX model; run 'git lfs pull'"
        ),
        (
            "PK\u{3}\u{4}\u{0}",
            "is a zip archive (PyTorch?), not an ONNX model; unpack it, or export it with torch.onnx.export"
        ),
        ("\u{1c}\u{0}\u{0}\u{0}TFL3", "is a TensorFlow Lite model, not an ONNX model; convert it with tf2onnx"),
    ])
    func foreign(_ text: String, _ expected: String) throws {
        #expect(try message(Data(text.utf8)) == expected)
    }

    @Test(arguments: [
        ("no_graph", "holds no graph, so it is not an ONNX model or it is cut off; download or export it again"),
        ("no_nodes", "the model's graph has no operators; export it again"),
        ("opset_missing", "the model names no operator set (opset_import), so it cannot be read; export it again"),
        (
            "missing_tensor",
            "Gemm 'classifier' reads tensor 'wait', which nothing in the model makes; export it again"
        ),
        ("duplicate_tensor", "the model makes tensor 'conv' twice; export it again"),
        ("cycle", "the model's graph goes in a circle through tensor 'flat'; export it again"),
    ])
    func brokenGraph(_ name: String, _ expected: String) throws {
        #expect(try message(try fixture(name)) == expected)
    }

    @Test func moreThanProtocolBuffersHold() throws {
        let file = folder.appendingPathComponent("huge.onnx")
        try Data([8, 8]).write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        try handle.truncate(atOffset: 3_000_000_000)  // sparse: no disk is used
        try handle.close()
        let error = #expect(throws: ONNXError.self) { try Model(contentsOf: file.path) }
        #expect(error?.problem == .tooLarge(bytes: 3_000_000_000))
    }

    @Test func filesOfTheFirstVersionsNeedNoOperatorSet() throws {
        let graph = Wire.node("Relu", ["a"], ["b"]) + Wire.input("a") + Wire.output("b")
        let model = try Model(Data(Wire.field(1, 2) + Wire.field(7, graph)))
        #expect(model.graph.operatorSets == ["": 1])
    }
}

/// Fixtures that no `Model` can be made of.
let invalid: Set = ["opset_missing", "no_graph", "no_nodes", "cycle", "missing_tensor", "duplicate_tensor"]
