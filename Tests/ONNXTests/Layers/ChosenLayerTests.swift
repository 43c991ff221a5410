import ONNX
import TestSupport
import Testing

/// Which layers are listed, which one is the default, and which one a user means.
struct ChosenLayerTests {
    /// Two blocks of a convolutional net with what exporters put around them.
    private func net() -> SmallGraph {
        var graph = SmallGraph([1, 3, 8, 8])
        let shape = [1, 4, 8, 8]
        for (name, inside) in [("w0", 3), ("w1", 4), ("w2", 4)] { graph.constant(name, [4, inside, 1, 1]) }
        graph.constant("bias", [1, 4, 1, 1])
        graph.add("Conv", ["x", "w0"], "stem.conv", shape)
        graph.add("Sigmoid", ["stem.conv"], "stem.gate", shape)
        graph.add("Mul", ["stem.conv", "stem.gate"], "stem.act", shape)
        graph.add("Conv", ["stem.act", "w1"], "block.conv", shape)
        graph.add("Add", ["block.conv", "bias"], "block.bias", shape)
        graph.add("GlobalAveragePool", ["block.bias"], "block.squeezed", [1, 4, 1, 1])
        graph.add("Sigmoid", ["block.squeezed"], "block.gate", [1, 4, 1, 1])
        graph.add("Mul", ["block.bias", "block.gate"], "block.gated", shape)
        graph.add("Add", ["block.gated", "stem.act"], "block.sum", shape)
        graph.add("Relu", ["block.sum"], "block.relu", shape)
        graph.add("Dropout", ["block.relu"], "block.drop", shape)
        graph.add("Conv", ["block.drop", "w2"], "last.conv", shape)
        graph.add("Conv", ["last.conv", "w2"], "last.handed", shape)
        graph.add("Identity", ["last.handed"], "last.same", shape)
        graph.head("last.same", channels: 4)
        return graph
    }

    @Test func whatPeopleLookAtIsListed() throws {
        #expect(try net().listed == ["stem.act", "block.relu", "last.conv", "last.handed"])
        #expect(try net().layers.contains { $0.tensor == "block.gated" && !$0.isListed })
    }

    @Test func theDefaultIsTheMapItselfAndNotItsCopy() throws {
        #expect(try net().byDefault?.tensor == "last.handed")
    }

    private func found(_ wanted: String) throws -> String {
        let net = net()
        return try net.graph.layer(wanted, among: net.layers).tensor
    }

    private func problem(_ wanted: String) -> ONNXError.Problem? {
        #expect(throws: ONNXError.self) { _ = try found(wanted) }?.problem
    }

    @Test func aLayerIsMeantByItsNameAPartOfItOrItsNumber() throws {
        #expect(try found("block.gated") == "block.gated")
        #expect(try found("RELU") == "block.relu")
        #expect(try found("gated") == "block.gated")
        #expect(try found("-2") == "last.conv")
        #expect(try found("-4") == "stem.act")
    }

    @Test func aPartOfAListedNameComesFirst() throws {
        // Three convolutions have it in their names, too.
        #expect(try found("conv") == "last.conv")
    }

    @Test func whatIsNotFoundSaysWhatThereIs() {
        #expect(problem("-5") == .noSuchLayerIndex(-5, count: 4))
        #expect(problem("norm") == .noSuchLayer("norm", last: ["last.handed", "last.conv", "block.relu", "stem.act"]))
        #expect(problem("") == .noSuchLayer("", last: ["last.handed", "last.conv", "block.relu", "stem.act"]))
        #expect(problem("pooled") == .layerIsNoMap("pooled"))
        #expect(problem("bias") == .layerIsNoMap("bias"))
        #expect(
            problem("a")
                == .ambiguousLayer(
                    "a", matches: ["'stem.act' 1x4x8x8", "'last.conv' 1x4x8x8", "'last.handed' 1x4x8x8"]))
    }

    @Test(arguments: [
        ("block", "block.relu"), ("LAST", "last.handed"), ("stem", "stem.act"),
    ])
    func aModuleMeansItsLastLayer(wanted: String, tensor: String) throws {
        #expect(try found(wanted) == tensor)
    }

    /// A net whose tensors have the names that PyTorch's exporter gives them.
    private func exported() -> SmallGraph {
        var graph = SmallGraph([1, 3, 8, 8])
        let shape = [1, 4, 8, 8]
        for (name, inside) in [("w0", 3), ("w1", 4)] { graph.constant(name, [4, inside, 1, 1]) }
        graph.add("Conv", ["x", "w0"], "/conv1/Conv_output_0", shape)
        var last = "/conv1/Conv_output_0"
        for block in ["/layer1/layer1.0", "/layer1/layer1.1", "/layer2/layer2.0"] {
            for relu in ["conv1/Conv", "relu_1/Relu"] {
                let tensor = "\(block)/\(relu)_output_0"
                graph.add(
                    relu.hasSuffix("Conv") ? "Conv" : "Relu", relu.hasSuffix("Conv") ? [last, "w1"] : [last], tensor,
                    shape)
                last = tensor
            }
        }
        graph.head(last, channels: 4)
        return graph
    }

    @Test(arguments: [
        ("layer1", "/layer1/layer1.1/relu_1/Relu_output_0"), ("layer1.0", "/layer1/layer1.0/relu_1/Relu_output_0"),
        ("/layer2", "/layer2/layer2.0/relu_1/Relu_output_0"),
        ("Layer2.0.conv1", "/layer2/layer2.0/conv1/Conv_output_0"),
        ("conv1", "/conv1/Conv_output_0"),
    ])
    func aModuleIsNamedAsInPyTorch(wanted: String, tensor: String) throws {
        let net = exported()
        #expect(try net.graph.layer(wanted, among: net.layers).tensor == tensor)
    }

    @Test func aModulesNameThatSeveralHaveMeansNone() throws {
        let net = exported()
        let error = #expect(throws: ONNXError.self) { try net.graph.layer("relu_1", among: net.layers) }
        guard case .ambiguousLayer(_, let matches) = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(matches.count == 3)
    }

    @Test func theMessagesSayWhatThereIs() {
        let names = (1...7).map { "'l\($0)' 1x4x8x8" }
        #expect(
            "\(ONNXError.Problem.ambiguousLayer("l", matches: names))"
                == "'l' fits 7 layers: \(names.joined(separator: ", ")); give more of the name")
        #expect(
            "\(ONNXError.Problem.noSuchLayer("x", last: ["b", "a"]))"
                == "the model has no layer 'x'; the last ones are 'b', 'a', 'camstream layers' lists all")
        #expect(
            "\(ONNXError.Problem.noSuchLayerIndex(-4, count: 3))"
                == "there is no layer -4: the model has 3, -1 is the last; 'camstream layers' lists them")
        #expect(
            "\(ONNXError.Problem.layerIsNoMap("p"))"
                == "layer 'p' has no rows and columns to map; 'camstream layers' lists those that have")
    }

    /// Tokens, one attention and its residual sum, and a head that reads position `chosen` or the mean.
    private func transformer(classToken chosen: Int?) -> SmallGraph {
        var graph = SmallGraph([1, 3, 4, 6])
        graph.constant("w", [8, 3, 2, 2])
        graph.constant("class", [1, 1, 8])
        graph.constant("one", [8])
        graph.constant("dense", [8, 8])
        graph.integers("flat", [1, 8, 6])
        graph.add("Conv", ["x", "w"], "patches", [1, 8, 2, 3], [.ints("strides", [2, 2])])
        graph.add("Reshape", ["patches", "flat"], "flattened", [1, 8, 6])
        graph.add("Transpose", ["flattened"], "tokens", [1, 6, 8], [.ints("perm", [0, 2, 1])])
        graph.add("Concat", ["class", "tokens"], "all", [1, 7, 8], [.int("axis", 1)])
        graph.add("LayerNormalization", ["all", "one"], "norm1", [1, 7, 8])
        graph.add("MatMul", ["norm1", "dense"], "q", [1, 7, 8])
        graph.add("Transpose", ["norm1"], "k", [1, 8, 7], [.ints("perm", [0, 2, 1])])
        graph.add("MatMul", ["q", "k"], "qk", [1, 7, 7])
        graph.add("Softmax", ["qk"], "weights", [1, 7, 7], [.int("axis", -1)])
        graph.add("MatMul", ["weights", "norm1"], "attended", [1, 7, 8])
        graph.add("Add", ["all", "attended"], "sum", [1, 7, 8])
        graph.add("LayerNormalization", ["sum", "one"], "norm2", [1, 7, 8])
        if let chosen {
            graph.integers("chosen", [chosen], isScalar: true)
            graph.add("Gather", ["norm2", "chosen"], "y", [1, 8], [.int("axis", 1)])
        } else {
            graph.add("ReduceMean", ["norm2"], "y", [1, 8], [.int("keepdims", 0), .ints("axes", [1])])
        }
        return graph
    }

    @Test func behindTheLastAttentionAClassTokenLeavesNothingToSee() throws {
        let graph = transformer(classToken: 0)
        #expect(try graph.byDefault?.tensor == "norm1")
        #expect(try graph.byDefault?.layout == .tokens(prefix: 1))
        #expect(try graph.listed == ["patches", "all", "norm1"])
        // It can be named all the same.
        #expect(try graph.graph.layer("norm2", among: graph.layers).width == 3)
    }

    @Test func whereAllTokensCountTheLastOnesAreMapped() throws {
        #expect(try transformer(classToken: nil).byDefault?.tensor == "norm2")
        // A head that reads one of the patches reads a place.
        #expect(try transformer(classToken: 4).byDefault?.tensor == "norm2")
        #expect(try transformer(classToken: -7).byDefault?.tensor == "norm1")
    }
}
