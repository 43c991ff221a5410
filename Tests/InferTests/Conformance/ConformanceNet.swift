import Engine
import Foundation
import ONNX
import Pipeline

@testable import Infer

/// A golden net, compiled for one method and layer, with its picture run through it in 32 bits.
final class ConformanceNet {
    let classifier: CompiledClassifier
    let passes: Passes

    /// - Parameter tensor: the layer; nil: the default one.
    init(_ name: String, _ golden: ConformanceGolden, method: any CAMMethod.Type, tensor: String?) throws {
        var config = InferConfig()
        config.method = MethodName(rawValue: method.name)!
        config.methodOptions.channels = .range(2...4)
        config.precision = .f32
        config.layers = tensor.map { [$0] } ?? []
        let files = try ModelFiles(
            model: ConformanceGolden.file("\(name).onnx").path, card: ConformanceGolden.file("card.yaml").path)
        classifier = try CompiledClassifier(ReadModel(files), config)
        passes = try Passes(classifier, ProbeRunners(classifier.probed))
        passes.input.copyBytes(from: golden.pixels)
        try passes.start()
        try passes.wait()
    }

    func map(ofClass classID: Int) throws -> RawMap {
        try classifier.methods[0].method.map(Subject(target: .score(classID), layer: 0, passes: passes))
    }
}

extension ConformanceGolden.Layer {
    /// Lends the golden activations and one class's gradients.
    func withEvidence<Value>(ofClass classID: Int, _ body: (Evidence) throws -> Value) rethrows -> Value {
        try withEvidence(gradients: gradients[classID], body)
    }

    func withEvidence<Value>(gradients: [Float], _ body: (Evidence) throws -> Value) rethrows -> Value {
        try activations.withUnsafeBufferPointer { activations in
            try gradients.withUnsafeBufferPointer { gradients in
                try body(
                    Evidence(
                        activations: activations, gradients: gradients, channels: shape[0], height: shape[1],
                        width: shape[2]))
            }
        }
    }
}
