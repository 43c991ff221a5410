import Foundation

/// Reads weights that a model keeps in files beside it, and puts them into the model.
struct ExternalData {
    private let model: String
    private let folder: URL
    /// Weight files by the name that the model gives; mapped while the model is read.
    private var files: [String: Data] = [:]
    private var totalBytes: Int

    /// Files that weights were found in, by the names that the model gives, sorted.
    var names: [String] { files.keys.sorted() }

    /// - Parameter modelBytes: size of the model file itself, which counts towards the format's limit.
    init(model: String, folder: URL, modelBytes: Int) {
        self.model = model
        self.folder = folder
        totalBytes = modelBytes
    }

    /// Inlines every external tensor of the graph, those of its nodes and subgraphs included.
    mutating func inline(into graph: inout Onnx_GraphProto) throws(ONNXError) {
        for index in graph.initializer.indices { try inline(into: &graph.initializer[index]) }
        for index in graph.sparseInitializer.indices where graph.sparseInitializer[index].hasValues {
            try inline(into: &graph.sparseInitializer[index].values)
        }
        for node in graph.node.indices {
            for index in graph.node[node].attribute.indices { try inline(into: &graph.node[node].attribute[index]) }
        }
    }

    private mutating func inline(into attribute: inout Onnx_AttributeProto) throws(ONNXError) {
        if attribute.hasT { try inline(into: &attribute.t) }
        for index in attribute.tensors.indices { try inline(into: &attribute.tensors[index]) }
        if attribute.hasG { try inline(into: &attribute.g) }
        for index in attribute.graphs.indices { try inline(into: &attribute.graphs[index]) }
    }

    private mutating func inline(into tensor: inout Onnx_TensorProto) throws(ONNXError) {
        guard tensor.dataLocation == Self.external else { return }
        var entries: [String: String] = [:]
        for entry in tensor.externalData { entries[entry.key] = entry.value }
        let name = entries["location"] ?? ""
        func fail(_ reason: String) -> ONNXError {
            ONNXError(file: model, problem: .externalData(tensor: tensor.name, file: name, reason: reason))
        }

        guard let needed = Tensor.rawBytes(tensor.dims, tensor.dataType) else { throw fail("have no fixed size") }
        guard let offset = Int(entries["offset"] ?? "0"), offset >= 0,
            let length = entries["length"].map({ Int($0) }) ?? needed
        else { throw fail("have an offset or length that is no number") }
        guard length == needed else { throw fail("have \(length) bytes where the tensor needs \(needed)") }
        let file: Data
        do {
            file = try open(name)
        } catch {
            throw fail(error.reason)
        }
        guard offset <= file.count, length <= file.count - offset else {
            throw fail("end at byte \(file.count), where \(length) bytes from byte \(offset) on are needed")
        }
        totalBytes += length
        guard totalBytes <= Model.largestSize else {
            throw ONNXError(file: model, problem: .tooLarge(bytes: totalBytes))
        }
        // Copied: a file that is cut off while it is mapped would end the program.
        tensor.rawData = file.withUnsafeBytes { Data($0[offset..<offset + length]) }
        tensor.externalData = []
        tensor.clearDataLocation()
    }

    /// TensorProto.DataLocation.EXTERNAL
    private static let external: Int32 = 1

    private struct Refusal: Error {
        let reason: String
    }

    /// The file's bytes. Its name must stay inside the model's folder, so that a model cannot read a user's files;
    /// links in that folder are followed, since download caches are made of them.
    private mutating func open(_ name: String) throws(Refusal) -> Data {
        if let known = files[name] { return known }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.isEmpty, !name.hasPrefix("/"), !name.contains("\\"), !name.utf8.contains(0), !parts.contains("..")
        else { throw Refusal(reason: "are not in the model's own folder, which is refused") }
        let data: Data
        do {
            data = try Data(mapping: folder.appendingPathComponent(name))
        } catch {
            throw Refusal(reason: error == .notFound ? "are missing" : "cannot be read (\(error))")
        }
        files[name] = data
        return data
    }
}

extension Data {
    /// A regular file's bytes, mapped into memory: read when touched, and given back by the system when memory is short.
    init(mapping file: URL) throws(ONNXError.Problem) {
        do {
            // attributesOfItem does not follow a link at the end of the path
            let attributes = try FileManager.default.attributesOfItem(atPath: file.resolvingSymlinksInPath().path)
            guard attributes[.type] as? FileAttributeType == .typeRegular else {
                throw ONNXError.Problem.notAFile
            }
            self = try Data(contentsOf: file, options: .alwaysMapped)
        } catch let problem as ONNXError.Problem {
            throw problem
        } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
            throw .notFound
        } catch CocoaError.fileReadNoPermission {
            throw .unreadable(reason: "this user may not read it")
        } catch {
            throw .unreadable(reason: "\(error.localizedDescription)")
        }
    }
}
