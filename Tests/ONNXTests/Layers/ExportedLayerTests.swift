import ONNX
import TestSupport
import Testing

/// Layers of nets that PyTorch exported; their files hold the shapes of all tensors.
struct ExportedLayerTests {
    /// A net, and what its architecture says.
    struct Net: CustomTestStringConvertible {
        let name: String
        let layout: Layer.Layout
        let size: [Int]
        /// The operator of the default layer, and how many of that kind come before it.
        let op: String
        let before: Int

        var testDescription: String { name }
    }

    static let nets = [
        // Two blocks of two normalisations each; the last block's first one, since the class token alone is read.
        Net(name: "vit", layout: .tokens(prefix: 1), size: [8, 4, 6], op: "LayerNormalization", before: 2),
        Net(name: "vit_registers", layout: .tokens(prefix: 5), size: [8, 4, 6], op: "LayerNormalization", before: 2),
        Net(name: "vit_distilled", layout: .tokens(prefix: 2), size: [8, 4, 6], op: "LayerNormalization", before: 2),
        // The mean of all patches is read: the last normalisation, or what it is made of.
        Net(name: "vit_pooled", layout: .tokens(prefix: 0), size: [8, 4, 6], op: "LayerNormalization", before: 4),
        Net(
            name: "vit_pooled_behind_class_token", layout: .tokens(prefix: 1), size: [8, 4, 6], op: "Add", before: 3),
        // Of the embedding, four blocks with two each, one merging; the last one.
        Net(name: "swin", layout: .channelsLast, size: [16, 8, 12], op: "LayerNormalization", before: 10),
        Net(name: "convnext", layout: .channelsFirst, size: [16, 8, 12], op: "Add", before: 1),
    ]

    private func load(_ name: String) throws -> (graph: Graph, types: [String: TensorType], scores: String) {
        let graph = try Model(contentsOf: Fixtures.layers(name)).graph
        let scores = try graph.classScores().logits
        var types: [String: TensorType] = [:]
        for tensor in graph.tensors(before: scores) + graph.inputs.map(\.name) {
            guard let info = graph.info(of: tensor), let shape = info.shape?.map({ $0.size ?? 0 }),
                let elementType = info.elementType
            else { continue }
            types[tensor] = TensorType(shape: shape, elementType: elementType)
        }
        return (graph, types, scores)
    }

    @Test(arguments: nets) func theDefaultIsWhatTheArchitectureSays(_ net: Net) throws {
        let (graph, types, scores) = try load(net.name)
        let layer = try #require(graph.defaultLayer(before: scores, types: types))
        #expect(layer.layout == net.layout && [layer.channels, layer.height, layer.width] == net.size)
        #expect(layer.op == net.op && layer.isListed)
        let listed = graph.layers(before: scores, types: types).filter(\.isListed)
        #expect(listed.prefix { $0 != layer }.count { $0.op == net.op } == net.before)
    }

    @Test(arguments: nets) func everyListedLayerHasTheShapeOfItsTensor(_ net: Net) throws {
        let (graph, types, scores) = try load(net.name)
        let listed = graph.layers(before: scores, types: types).filter(\.isListed)
        #expect(Set(listed.map(\.tensor)).count == listed.count)
        for layer in listed {
            #expect(types[layer.tensor]?.shape == layer.shape)
            #expect(layer.height * 3 == layer.width * 2, "\(layer)")  // as the picture
        }
    }

    @Test func swinListsEveryBlockOnce() throws {
        let (graph, types, scores) = try load("swin")
        let listed = graph.layers(before: scores, types: types).filter(\.isListed)
        // Two residual sums a block, also where the windows are rolled.
        #expect(listed.count { $0.op == "Add" } == 8)
        #expect(listed.allSatisfy { $0.layout == .channelsLast })
    }
}
