package import Engine
import Foundation
import ONNX
import Pipeline

/// A classifier whose features serve another one: its graph up to what the CAM head pools, and how a picture goes in.
package struct Backbone: Sendable {
    /// The ONNX file.
    package let path: String
    /// What its card calls it, else its file's name.
    package let name: String
    package let about: ModelCard.About
    package let input: ModelInput
    /// What of the model is used, and how it was found, a line each, for the log.
    package let notes: [String]
    /// Of the feature map.
    package let channels: Int
    /// Pictures at once that the file takes; nil: any number.
    package let batch: Int?
    /// SHA-256 of the file, in hexadecimal digits.
    package let checksum: String
    private let model: Model
    private let pooled: PooledGraph

    /// - Parameters:
    ///   - named: an ONNX file, or a card that names one.
    ///   - card: a card that stands elsewhere than beside the model.
    /// - Throws: `InferError`; `.model` with `.noGAPHead` where nothing is pooled.
    package init(model named: String, card: String?) throws(InferError) {
        let files = try ModelFiles(model: named, card: card)
        path = files.path
        name = files.card.name ?? URL(filePath: files.path).lastPathComponent
        about = files.card.about
        model = files.model
        let graph = model.graph
        let (image, input) = try files.pictureInput()
        let layer = files.card.layer
        let head = try Self.ofGraph { () throws(ONNXError) in try graph.camHead(layer: layer) }
        (self.input, batch) = (input, image.batch)
        let file = model
        let type = try Self.ofEngine { () throws(EngineError) in
            try ModelCompiler(file: file.file).types(file, before: head.target, input: input.pictureInput)[head.target]
        }
        guard let type, type.shape.count == 4, type.isManageable else {
            throw .unexpectedShape(
                model: path, tensor: head.target, shape: type?.shape ?? [], expected: "[1, channels, height, width]")
        }
        channels = type.shape[head.layout == .channelsFirst ? 1 : 3]
        pooled = try Self.ofGraph { () throws(ONNXError) in
            try PooledGraph(graph, upTo: head, type: type.elementType)
        }
        checksum = try Self.checksum(path)
        notes =
            ["\(name): features of \(head.target), \(channels) channels; in the place of \(head.description)"]
            + files.notes + ["input: " + input.account.joined(separator: ", ")] + input.notes
    }

    /// The tensor of features: Float `[1, channels]`.
    package var features: String { pooled.features }

    /// The graph that gives out the features, compiled to run in several requests at once; in 32-bit floats, so that the
    /// same picture has the same features every time.
    package func compile() throws(InferError) -> CompiledModel {
        let compiler = try Self.ofEngine { () throws(EngineError) in
            try ModelCompiler(file: path).with(EngineOptions(hint: .throughput))
        }
        var computed = model
        computed.graph = pooled.graph
        try TypedGraph.unfuse(&computed, input: input.pictureInput, compiler: compiler)
        do throws(ONNXError) { try computed.graph.dequantiseWeights() } catch { throw .model(error) }
        let ready = computed
        return try Self.ofEngine { () throws(EngineError) in
            try compiler.compile(ready, input: input.pictureInput, isExact: true)
        }
    }

    /// An ONNX file of the backbone with a dense layer on its features. The same arguments give the same bytes.
    ///
    /// - Parameters:
    ///   - weights: Float `[classes, channels]`, row-major.
    ///   - bias: Float `[classes]`.
    ///   - metadata: metadata_props, in the place of the backbone's own.
    package func classifier(
        weights: [Float], bias: [Float], metadata: [String: String]
    ) throws(InferError) -> [UInt8] {
        try Self.ofGraph { () throws(ONNXError) in
            var classifier = model
            classifier.graph = try pooled.classifying(weights: weights, bias: bias, batch: batch)
            return try classifier.serialized(as: metadata)
        }
    }

    private static func ofGraph<Value>(_ body: () throws(ONNXError) -> Value) throws(InferError) -> Value {
        do throws(ONNXError) { return try body() } catch { throw .model(error) }
    }

    private static func ofEngine<Value>(_ body: () throws(EngineError) -> Value) throws(InferError) -> Value {
        do throws(EngineError) { return try body() } catch { throw InferError(error) }
    }

    static func checksum(_ path: String) throws(InferError) -> String {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
        } catch {
            throw .model(ONNXError(file: path, problem: .unreadable(reason: error.localizedDescription)))
        }
        var checksum = Checksum()
        bytes.withUnsafeBytes { checksum.update($0) }
        return checksum.hexDigits()
    }
}
