import Testing

@testable import ONNX

/// Which layer of a grid ends a block.
struct BlockEndTests {
    private let map = [1, 4, 8, 8]

    private func end(_ graph: SmallGraph, height: Int = 8, width: Int = 8) throws -> String? {
        try graph.graph.blockEnd(grid: (height, width), among: graph.layers, before: "scores")?.tensor
    }

    private func conv(
        _ graph: inout SmallGraph, _ input: String, _ output: String, from: Int, to: Int, side: Int = 8,
        isDepthwise: Bool = false
    ) {
        let weight = "\(output).weight"
        graph.constant(weight, [to, isDepthwise ? 1 : from, 1, 1])
        let attributes: [NodeAttribute] = isDepthwise ? [.int("group", to)] : []
        graph.add("Conv", [input, weight], "\(output).sum", [1, to, side, side], attributes)
        graph.add("Relu", ["\(output).sum"], output, [1, to, side, side])
    }

    @Test func whatLiesBesideAResidualConnectionIsPassedBy() throws {
        var graph = SmallGraph([1, 3, 8, 8])
        conv(&graph, "x", "stem", from: 3, to: 4)
        conv(&graph, "stem", "inner", from: 4, to: 4)
        graph.add("Add", ["stem", "inner"], "sum", map)
        graph.add("Relu", ["sum"], "block", map)
        conv(&graph, "block", "beside", from: 4, to: 4)
        graph.add(
            "MaxPool", ["beside"], "small", [1, 4, 4, 4], [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2])])
        graph.add(
            "MaxPool", ["block"], "short", [1, 4, 4, 4], [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2])])
        graph.add("Add", ["small", "short"], "next", [1, 4, 4, 4])
        graph.head("next", channels: 4)
        #expect(try graph.listed.contains("beside"))
        #expect(try end(graph) == "block")
        #expect(try end(graph, height: 4, width: 4) == "next")
        #expect(try end(graph, height: 2, width: 2) == nil)
    }

    @Test func theWideLayersAroundADepthwiseConvolutionAreNone() throws {
        var graph = SmallGraph([1, 3, 8, 8])
        conv(&graph, "x", "stem", from: 3, to: 4)
        conv(&graph, "stem", "wide", from: 4, to: 16)
        conv(&graph, "wide", "deep", from: 16, to: 16, isDepthwise: true)
        graph.head("deep", channels: 16)
        #expect(try graph.listed == ["stem", "wide", "deep"])
        #expect(try end(graph) == "stem")
    }

    @Test func whereThereIsNothingElseAWideLayerIsTaken() throws {
        var graph = SmallGraph([1, 4, 8, 8])
        conv(&graph, "x", "deep", from: 4, to: 4, isDepthwise: true)
        graph.head("deep", channels: 4)
        #expect(try end(graph) == "deep")
    }
}
