package import Foundation
import ONNX
package import TestSupport

/// Everything that is done with a model file before the engine sees it: it gives a result or an error.
package struct ModelTarget: FuzzTarget {
    package static let name = "onnx"
    package static let seconds: UInt32 = 20
    package static var corpus: [String] {
        let others = "/usr/share/libonnx-testdata/data"
        return [Fixtures.folder.deletingLastPathComponent().path]
            + (FileManager.default.fileExists(atPath: others) ? [others] : [])
    }

    private let mutator: ModelMutator
    private var models = 0
    private var layers = 0
    private var paths = 0
    private var gradients = 0

    package init(_ corpus: [Data]) { mutator = ModelMutator(corpus) }

    package var depth: String { "\(models) read, with \(layers) layers; \(paths) paths, \(gradients) gradients" }

    package func input(_ noise: inout Noise) -> Data { mutator.next(&noise) }

    package mutating func take(_ bytes: Data, _ noise: inout Noise) {
        do throws(ONNXError) {
            try use(bytes, &noise)
        } catch {
            Defect.unless(!error.description.contains("\n"), "an error of two lines")
        }
    }

    private mutating func use(_ bytes: Data, _ noise: inout some RandomNumberGenerator) throws(ONNXError) {
        let folder = URL(fileURLWithPath: "/nonexistent")
        var model = try Model(bytes, file: "fuzz", folder: folder)
        models += 1
        look(at: model.graph)
        let written = try model.serialized()
        _ = try model.serializedWithoutWeights()
        let again = try Model(Data(written), file: "fuzz", folder: folder)
        Defect.unless(
            again.graph.nodes.count == model.graph.nodes.count, "a model that changes when it is written and read")
        try? model.graph.dequantiseWeights()

        let scores =
            (try? model.graph.classScores().logits) ?? model.graph.outputs.randomElement(using: &noise)?.name ?? ""
        let tensors = model.graph.tensors(before: scores)
        map(model.graph, scores, &noise)
        for _ in 0..<3 {
            let targets = (0..<Int.random(in: 1...3, using: &noise)).compactMap { _ in
                tensors.randomElement(using: &noise) ?? model.graph.inputs.first?.name
            }
            let inputs = model.graph.inputs.map(\.name)
            differentiate(model.graph, Bool.random(using: &noise) ? targets : Array(inputs.prefix(2)), scores, &noise)
        }
    }

    private func look(at graph: Graph) {
        _ = try? graph.imageInput()
        _ = try? graph.camHead()
        var graph = graph
        for node in graph.nodes.prefix(20) {
            _ = graph.consumers(of: node.outputs.first ?? "")
            try? graph.addOutput(node.outputs.first ?? "")
        }
    }

    private mutating func map(_ graph: Graph, _ scores: String, _ noise: inout some RandomNumberGenerator) {
        let types = types(of: graph.tensors(before: scores) + graph.inputs.map(\.name), graph, &noise)
        let found = graph.layers(before: scores, types: types)
        layers += found.count
        if let layer = graph.defaultLayer(before: scores, types: types) {
            Defect.unless(layer.height > 1 && layer.width > 1, "a layer that is no map")
        }
        _ = try? graph.layer("-1", among: found)
        _ = try? graph.layer("a", among: found)
        _ = graph.biases(before: scores, types: types)
        var graph = graph
        if let type = types[scores] { _ = try? graph.addReST(of: scores, type: type) }
    }

    private mutating func differentiate(
        _ graph: Graph, _ targets: [String], _ scores: String, _ noise: inout some RandomNumberGenerator
    ) {
        guard !targets.isEmpty else { return }
        do throws(ONNXError) {
            let path = try GradientPath(graph, from: targets, to: scores, alternatives: ["cam"])
            paths += 1
            let types = types(of: path.inferred, graph, &noise)
            let order: Gradient.Order =
                targets.count == 1 && Int.random(in: 0..<3, using: &noise) == 0 ? .second : .first
            let gradient = try Gradient(
                along: path, types: types, rectifier: Bool.random(using: &noise) ? .plain : .guided, order: order)
            gradients += 1
            let backward = Result { () throws(ONNXError) in
                try Model(gradient.backward, file: "backward", folder: URL(fileURLWithPath: "/"))
            }
            if case .failure(let error) = backward { Defect.unless(false, "a backward graph that is none: \(error)") }
        } catch {
            Defect.unless(!error.description.contains("\n"), "an error of two lines")
        }
    }

    /// In place of the engine: what the file says, else anything.
    private func types(
        of tensors: [String], _ graph: Graph, _ noise: inout some RandomNumberGenerator
    ) -> [String: TensorType] {
        var types: [String: TensorType] = [:]
        let usual = [1, 3, 4, 4].prefix(Int.random(in: 0...4, using: &noise))
        for tensor in tensors {
            let said = graph.info(of: tensor)?.shape?.map { $0.size ?? 2 }
            var shape = said ?? Array(usual)
            if Int.random(in: 0..<40, using: &noise) == 0 {
                let sizes = [0, 1, 2, 3, 5, 8, 1000, 1 << 20, 1 << 33, -1]
                shape = (0..<Int.random(in: 0...5, using: &noise)).map { _ in sizes.randomElement(using: &noise)! }
            }
            types[tensor] = TensorType(
                shape: shape, elementType: graph.info(of: tensor)?.elementType ?? .float32)
        }
        return types
    }
}
