import Foundation
import ONNX
import TestSupport
import Testing

/// A copy of the model with external weights in a folder of its own.
private func inCopy(_ body: (_ folder: URL, _ model: String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("onnx-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for file in ["external.onnx", "external.bin"] {
        try FileManager.default.copyItem(
            at: Fixtures.folder.appendingPathComponent(file), to: folder.appendingPathComponent(file))
    }
    try body(folder, folder.appendingPathComponent("external.onnx").path)
}

private func problem(_ model: String) -> ONNXError.Problem? {
    #expect(throws: ONNXError.self) { try Model(contentsOf: model) }?.problem
}

struct ExternalDataTests {
    @Test func weightsAreInlined() throws {
        let model = try Model(contentsOf: Fixtures.model("external"))
        let whole = try Model(contentsOf: Fixtures.model("gap_gemm"))
        #expect(try model.graph.camHead().weights == whole.graph.camHead().weights)
        #expect(model.graph.initialiser("kernel")?.floats() == whole.graph.initialiser("kernel")?.floats())
        // What the engine gets needs no other file.
        let written = try Model(Data(try model.serialized()))
        #expect(written.graph.initialiser("kernel")?.floats()?.count == 4 * 3 * 3 * 3)
    }

    @Test func aMissingFileIsNamed() throws {
        try inCopy { folder, model in
            try FileManager.default.removeItem(at: folder.appendingPathComponent("external.bin"))
            #expect(
                "\(try #require(problem(model)))"
                    == "the weights of tensor 'kernel' in file 'external.bin' are missing; put the weight file beside the model"
            )
        }
    }

    @Test func aShortFileIsNamed() throws {
        try inCopy { folder, model in
            try Data(count: 500).write(to: folder.appendingPathComponent("external.bin"))
            #expect(
                problem(model)
                    == .externalData(
                        tensor: "weight", file: "external.bin",
                        reason: "end at byte 500, where 48 bytes from byte 512 on are needed"))
        }
    }

    @Test func linksInTheFolderAreFollowed() throws {
        try inCopy { folder, model in
            let weights = folder.appendingPathComponent("external.bin")
            let elsewhere = folder.appendingPathComponent("blob")
            try FileManager.default.moveItem(at: weights, to: elsewhere)
            try FileManager.default.createSymbolicLink(at: weights, withDestinationURL: elsewhere)
            #expect(try Model(contentsOf: model).graph.initialiser("kernel")?.shape == [4, 3, 3, 3])
        }
    }

    /// A model with one external tensor of four floats.
    private func model(_ entries: [String: String], dims: [Int] = [4]) -> Data {
        let location = entries.sorted { $0.key < $1.key }.flatMap {
            Wire.field(13, Wire.field(1, $0.key) + Wire.field(2, $0.value))
        }
        return Wire.model(
            Wire.node("Add", ["a", "w"], ["b"]) + Wire.input("a") + Wire.output("b")
                + Wire.initialiser("w", dims, type: 1, location + Wire.field(14, 1)))
    }

    @Test(arguments: [
        ["location": "/etc/hostname"], ["location": "../weights.bin"], ["location": "a/../../weights.bin"],
        ["location": ""], ["location": "a\\..\\b"], [:],
    ])
    func filesOutsideTheFolderAreRefused(_ entries: [String: String]) {
        let error = #expect(throws: ONNXError.self) { try Model(model(entries)) }
        #expect(
            error?.problem
                == .externalData(
                    tensor: "w", file: entries["location"] ?? "",
                    reason: "are not in the model's own folder, which is refused"))
    }

    @Test(arguments: [
        (["offset": "-1"], "have an offset or length that is no number"),
        (["length": "many"], "have an offset or length that is no number"),
        (["length": "15"], "have 15 bytes where the tensor needs 16"),
        (["location": "."], "cannot be read (is a folder or device, not a model file; name the .onnx file itself)"),
    ])
    func nonsenseIsRefused(_ entries: [String: String], _ reason: String) {
        let entries = entries.merging(["location": "w.bin"]) { given, _ in given }
        let error = #expect(throws: ONNXError.self) { try Model(model(entries)) }
        let name = entries["location"] ?? ""
        #expect(error?.problem == .externalData(tensor: "w", file: name, reason: reason))
    }

    @Test(arguments: [[Int.max, 2], [-1], [1 << 40, 1 << 40]])
    func absurdShapesAreRefused(_ dims: [Int]) {
        let error = #expect(throws: ONNXError.self) { try Model(model(["location": "w.bin"], dims: dims)) }
        #expect(error?.problem == .externalData(tensor: "w", file: "w.bin", reason: "have no fixed size"))
    }

    @Test func moreThanOneModelHoldsIsRefused() throws {
        try inCopy { folder, _ in
            let weights = folder.appendingPathComponent("w.bin")
            try Data().write(to: weights)
            let handle = try FileHandle(forWritingTo: weights)
            try handle.truncate(atOffset: 3 << 30)  // sparse
            try handle.close()
            let error = #expect(throws: ONNXError.self) {
                try Model(model(["location": "w.bin"], dims: [3 << 28]), file: "m.onnx", folder: folder)
            }
            guard case .tooLarge = error?.problem else {
                Issue.record("not refused for its size: \(String(describing: error))")
                return
            }
        }
    }
}
