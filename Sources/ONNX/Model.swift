package import Foundation
import SwiftProtobuf

/// An ONNX file in memory, all its weights included: read, looked into, given more outputs, written for the engine.
///
/// What this program does not know of the format is kept and written again.
package struct Model: Sendable {
    /// The file as the user named it, for messages.
    package let file: String
    package var graph: Graph
    /// metadata_props; of a key that stands twice, the last value.
    package let metadata: [String: String]
    /// The program that wrote the file, as it names itself; empty where it does not.
    package var producer: String { envelope.producerName }
    /// Files beside it that hold weights, by the names that it gives, sorted.
    package let weightFiles: [String]
    /// The model without its graph.
    private var envelope: Onnx_ModelProto

    /// Protocol buffers' limit for one message.
    static let largestSize = Int(Int32.max)

    /// Reads a file; weights in other files are looked for in its folder.
    package init(contentsOf file: String) throws(ONNXError) {
        let url = URL(fileURLWithPath: file)
        let bytes: Data
        do {
            bytes = try Data(mapping: url)
        } catch {
            throw ONNXError(file: file, problem: error)
        }
        try self.init(bytes, file: file, folder: url.deletingLastPathComponent())
    }

    /// - Parameters:
    ///   - file: what to call the model in messages.
    ///   - folder: where weights in other files are looked for.
    package init(_ bytes: Data, file: String, folder: URL) throws(ONNXError) {
        func fail(_ problem: ONNXError.Problem) -> ONNXError { ONNXError(file: file, problem: problem) }
        guard !bytes.isEmpty else { throw fail(.empty) }
        if let foreign = foreignFormat(of: bytes) { throw fail(foreign) }
        guard bytes.count <= Self.largestSize else { throw fail(.tooLarge(bytes: bytes.count)) }

        var proto: Onnx_ModelProto
        do {
            proto = try Onnx_ModelProto(serializedBytes: bytes, partial: true)
        } catch {
            // Every writer begins with the version number, field 1: what does not was no model from the start.
            let wasModel = bytes.first == 0x08 && error as? BinaryDecodingError == .truncated
            throw fail(wasModel ? .truncated(bytes: bytes.count) : .notProtobuf)
        }
        guard proto.hasGraph else { throw fail(.noGraph) }
        guard !proto.graph.node.isEmpty else { throw fail(.noNodes) }

        var graph = proto.graph
        proto.clearGraph()
        var external = ExternalData(model: file, folder: folder, modelBytes: bytes.count)
        try external.inline(into: &graph)

        var operatorSets: [String: Int] = [:]
        for entry in proto.opsetImport {
            operatorSets[entry.domain == "ai.onnx" ? "" : entry.domain] = Int(entry.version)
        }
        // Files older than version 3 have none, which means the first.
        if operatorSets.isEmpty, (1..<3).contains(proto.irVersion) { operatorSets[""] = 1 }
        guard !operatorSets.isEmpty else { throw fail(.noOperatorSet) }

        self.file = file
        self.graph = try Graph(graph, operatorSets: operatorSets, file: file)
        metadata = Dictionary(proto.metadataProps.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        weightFiles = external.names
        envelope = proto
    }

    /// A graph that was made here.
    ///
    /// - Parameter weightFiles: as `weightFiles`.
    init(graph: Graph, file: String, weightFiles: [String]) {
        (self.file, self.graph, self.weightFiles) = (file, graph, weightFiles)
        (metadata, envelope) = ([:], Onnx_ModelProto())
        envelope.irVersion = 8
    }

    /// The model as one ONNX file without external data, for an engine to read: each Dropout, which does nothing in
    /// inference, is an Identity, since OpenVINO gives a Dropout's input the name of its output.
    ///
    /// This is a full copy of the weights: give up the model before the engine makes its own.
    ///
    /// - Throws: `.tooDeep`, `.tooLarge`.
    package func serialized() throws(ONNXError) -> [UInt8] { try serialized(graph.proto) }

    /// The same for another model that was made of this one: with metadata of its own in the place of this one's.
    ///
    /// - Parameter metadata: metadata_props; written in the order of their keys.
    package func serialized(as metadata: [String: String]) throws(ONNXError) -> [UInt8] {
        var other = self
        other.envelope.metadataProps = metadata.sorted { $0.key < $1.key }.map { key, value in
            var property = Onnx_StringStringEntryProto()
            (property.key, property.value) = (key, value)
            return property
        }
        // From version 4 on constants need not be listed among the inputs.
        other.envelope.irVersion = max(4, envelope.irVersion)
        if envelope.opsetImport.isEmpty {
            other.envelope.opsetImport = graph.operatorSets.sorted { $0.key < $1.key }.map { domain, version in
                var entry = Onnx_OperatorSetIdProto()
                (entry.domain, entry.version) = (domain, Int64(version))
                return entry
            }
        }
        return try other.serialized()
    }

    /// The same with an input in the place of each large constant of floats: a small file, of which an engine infers
    /// types and shapes as it does of the whole one, save where a shape is computed from such a constant.
    package func serializedWithoutWeights() throws(ONNXError) -> [UInt8] {
        var proto = graph.proto
        let isWeight = { (tensor: Onnx_TensorProto) in
            ElementType(rawValue: Int(tensor.dataType))?.isFloat == true
                && (Tensor.count(tensor.dims) ?? 0) >= Self.largeCount
        }
        let weights = proto.initializer.filter(isWeight)
        let names = Set(weights.map(\.name))
        proto.initializer.removeAll(where: isWeight)
        // Older files list their constants among the inputs, too.
        proto.input.removeAll { names.contains($0.name) }
        var inputs = GraphWriter()
        for weight in weights {
            guard let tensor = Tensor(weight), let type = tensor.elementType else { continue }
            inputs.input(tensor.name, TensorType(shape: tensor.shape, elementType: type))
        }
        proto.input += inputs.proto.input
        return try serialized(proto)
    }

    /// Elements from which on a constant is left out: sizes, scales and the like are far smaller.
    private static let largeCount = 1024

    func serialized(_ graphProto: Onnx_GraphProto) throws(ONNXError) -> [UInt8] {
        try graph.checkDepth()
        var proto = envelope
        proto.graph = graphProto
        for node in graph.nodes where graph.isIdleDropout(node) {
            proto.graph.node[node.index] = node.identity()
        }
        do {
            return try proto.serializedBytes()
        } catch {
            let weights = graphProto.initializer.reduce(0) { $0 + $1.rawData.count }
            throw ONNXError(file: file, problem: .tooLarge(bytes: weights))
        }
    }
}

/// Names what users mistake for an ONNX model, by how the file begins.
private func foreignFormat(of bytes: Data) -> ONNXError.Problem? {
    let start = [UInt8](bytes.prefix(512))
    if start.starts(with: "version https://git-lfs".utf8) {
        return .foreign(kind: "only a Git LFS pointer", advice: "run 'git lfs pull'")
    }
    if start.starts(with: "PK".utf8) {
        return .foreign(kind: "a zip archive (PyTorch?)", advice: "unpack it, or export it with torch.onnx.export")
    }
    if start.dropFirst(4).starts(with: "TFL3".utf8) {
        return .foreign(kind: "a TensorFlow Lite model", advice: "convert it with tf2onnx")
    }
    if start.starts(with: [0x89] + "HDF".utf8) {
        return .foreign(kind: "an HDF5 file (Keras?)", advice: "convert it with tf2onnx")
    }
    let text = start.prefix(1 + (start.lastIndex { $0 < 0x80 } ?? -1))  // the last character may be cut in two
    let isPrintable = text.allSatisfy { $0 >= 0x20 && $0 != 0x7f || (0x09...0x0d).contains($0) }
    if isPrintable, text.count >= 4, String(validating: text, as: UTF8.self) != nil {
        return .foreign(kind: "a text file", advice: "name the .onnx file")
    }
    return nil
}
