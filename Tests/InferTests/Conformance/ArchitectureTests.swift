import Foundation
import ONNX
import Testing

@testable import Infer

/// Classifiers that Tests/Conformance/run.py exports, differentiated at the layer that is chosen by default.
///
/// The script sets CAMSTREAM_ARCHITECTURES to a folder of NAME.onnx with NAME.f32, a picture for its input `picture`. It
/// finds NAME.json, NAME.A and NAME.G there afterwards, and compares the numbers with PyTorch's.
struct ArchitectureTests {
    static let folder = ProcessInfo.processInfo.environment["CAMSTREAM_ARCHITECTURES"].map {
        URL(fileURLWithPath: $0)
    }

    private struct Report: Encodable {
        var error: String?
        var layer = ""
        var shape: [Int] = []
        var scores: [Float] = []
    }

    private static let classID = 3

    @Test(.enabled(if: folder != nil, "run by 'make conformance'")) func exportedClassifiersAreDifferentiated() throws {
        let folder = try #require(Self.folder)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "onnx" }
        #expect(!files.isEmpty)
        for file in files {
            var report = Report()
            do {
                try differentiate(file, &report)
            } catch {
                report.error = "\(error)"
            }
            try JSONEncoder().encode(report).write(to: file.deletingPathExtension().appendingPathExtension("json"))
        }
    }

    private func differentiate(_ file: URL, _ report: inout Report) throws {
        let base = file.deletingPathExtension()
        let model = try DifferentiatedModel(
            try Model(contentsOf: file.path), from: nil, to: "scores", input: nil, core: try RuleBench.core.get(),
            properties: RuleBench.properties)
        let forward = try InferRequest(model.forward)
        let backward = try BackwardPass(model, of: forward)
        let picture = try forward.inputTensor("picture")
        let pixels = try picture.bytes()
        pixels.copyBytes(from: try Data(contentsOf: base.appendingPathExtension("f32")))
        try forward.start()
        try forward.wait()
        report.layer = model.gradient.target.name
        report.shape = model.gradient.target.type.shape
        let scores = try forward.outputTensor("scores")
        report.scores = Array(try scores.floats())
        let activations = try forward.outputTensor(report.layer)
        try Data(buffer: try activations.floats()).write(to: base.appendingPathExtension("A"))
        let gradients = try backward.gradient(ofClass: Self.classID)
        try Data(buffer: gradients).write(to: base.appendingPathExtension("G"))
    }
}
