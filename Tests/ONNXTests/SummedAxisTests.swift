import Testing

@testable import ONNX

struct SummedAxisTests {
    @Test(
        arguments: [
            ("y = x W", [("MatMul", ["x", "W"], [:])], 0),
            ("y = W x", [("MatMul", ["W", "x"], [:])], 1),
            ("y = x W + c", [("Gemm", ["x", "W", "c"], [:])], 0),
            ("y = x Wᵀ + c", [("Gemm", ["x", "W", "c"], ["transB": [1]])], 1),
            ("y = Wᵀ x", [("Gemm", ["W", "x"], ["transA": [1]])], 0),
            ("y = x (Wᵀ)", [("Transpose", ["W"], ["perm": [1, 0]]), ("MatMul", ["x", "made 0"], [:])], 1),
            ("both ways", [("MatMul", ["x", "W"], [:]), ("Gemm", ["x", "W"], ["transB": [1]])], nil),
            ("twice in one", [("MatMul", ["W", "W"], [:])], nil),
            ("as a sum", [("Gemm", ["x", "y", "W"], [:])], nil),
            ("elementwise", [("MatMul", ["x", "W"], [:]), ("Mul", ["W", "x"], [:])], nil),
        ] as [(String, [(String, [String], [String: [Int]])], Int?)])
    func theAxisIsOpenThatAllProductsSumOver(
        _ name: String, _ nodes: [(op: String, inputs: [String], settings: [String: [Int]])], _ axis: Int?
    ) {
        var graph = GraphWriter()
        for (position, node) in nodes.enumerated() {
            let settings = node.settings.map { name, values in
                values.count == 1 ? NodeAttribute.int(name, values[0]) : .ints(name, values)
            }
            graph.add(node.op, node.inputs, ["made \(position)"], settings)
        }
        #expect(graph.proto.summedAxis(of: "W") == axis, "\(name)")
    }
}
