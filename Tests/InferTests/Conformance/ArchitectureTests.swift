import Engine
import Foundation
import ONNX
import Pipeline
import Testing

@testable import Infer

/// Classifiers that Tests/Conformance/run.py exports, explained by every gradient method at the layer that is chosen by
/// default.
///
/// The script sets CAMSTREAM_ARCHITECTURES to a folder of NAME.onnx with its card NAME.yaml and NAME.u8, a picture as the
/// model takes it. It finds NAME.json there afterwards, and the activations and gradients in NAME.A and NAME.G, which it
/// compares with PyTorch's.
struct ArchitectureTests {
    static let folder = ProcessInfo.processInfo.environment["CAMSTREAM_ARCHITECTURES"].map {
        URL(fileURLWithPath: $0)
    }

    @Test(.enabled(if: folder != nil, "run by 'make conformance'")) func exportedClassifiersAreExplained() throws {
        let folder = try #require(Self.folder)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "onnx" }
        #expect(!files.isEmpty)
        for file in files {
            let report = ArchitectureReport(of: file.deletingPathExtension())
            try JSONEncoder().encode(report).write(to: report.base.appendingPathExtension("json"))
        }
    }
}

/// What came of one exported classifier.
struct ArchitectureReport: Encodable {
    /// Of the layer whose A and G were written.
    private(set) var layer = ""
    /// As the model lays it out.
    private(set) var shape: [Int] = []
    private(set) var scores: [Float] = []
    /// What went wrong, by method; empty: nothing.
    private(set) var methods: [String: String] = [:]

    /// The file's path without its extension.
    let base: URL
    private var nets: [(needs: MethodNeeds, passes: Passes)] = []

    /// The likeliest class: of another one, a random net may hold no evidence at all.
    private var classID = 0

    private enum CodingKeys: String, CodingKey { case layer, shape, scores, methods, classID }

    init(of base: URL) {
        self.base = base
        // The greediest first: what is compiled for them serves others.
        let methods = camMethods.filter { !$0.needs.isDisjoint(with: .anyGradient) }
            .sorted { $0.needs.rawValue.nonzeroBitCount > $1.needs.rawValue.nonzeroBitCount }
        for method in methods {
            do {
                let values = try map(method)
                let isGood = values.allSatisfy(\.isFinite) && values.contains { $0 != values[0] }
                self.methods[method.name] = isGood ? "" : "the map is flat, or no number"
            } catch {
                self.methods[method.name] = "\(error)"
            }
        }
    }

    private mutating func map(_ method: any CAMMethod.Type) throws -> [Float] {
        let needs = method.needs.intersection(.anyGradient)
        let passes = try nets.first { $0.needs.isSuperset(of: needs) }?.passes ?? compiled(method, needs)
        return try method.init(MethodOptions()).map(Subject(target: .score(classID), layer: 0, passes: passes)).values
    }

    private mutating func compiled(_ method: any CAMMethod.Type, _ needs: MethodNeeds) throws -> Passes {
        var config = InferConfig()
        config.method = MethodName(rawValue: method.name)!
        config.precision = .f32
        let model = base.appendingPathExtension("onnx")
        let classifier = try CompiledClassifier(ReadModel(try ModelFiles(model: model.path, card: nil)), config)
        let passes = try Passes(classifier, ProbeRunners(classifier.probed))
        passes.input.copyBytes(from: try Data(contentsOf: base.appendingPathExtension("u8")))
        try passes.start()
        try passes.wait()
        nets.append((needs, passes))
        scores = Array(passes.logits)
        classID = scores.indices.max { scores[$0] < scores[$1] } ?? 0
        if needs.contains(.gradients), let target = passes.classifier.gradients[.layers]?.gradient.targets[0] {
            (layer, shape) = (target.name, target.type.shape)
            var seed = [Float](repeating: 0, count: scores.count)
            seed[classID] = 1
            try Data(buffer: passes.tensor(of: 0)).write(to: base.appendingPathExtension("A"))
            let gradients = try passes.gradients(.layers, seed: seed)[0]
            try Data(buffer: gradients).write(to: base.appendingPathExtension("G"))
        }
        return passes
    }
}
