import Foundation
import ONNX
import TestSupport

/// Two small nets: one finds a red thing wherever it is, the other tells things by a mark on them.
enum StageNets {
    /// Input [1, 3, 64, 64] in 0…1. Boxes [1, 1, 4] and scores [1, 1, 2] of one box of 16 × 16 pixels: its middle is the mean place
    /// of all red, its first score rises with how much red there is.
    ///
    /// - Parameter side: of the box, in pixels of the input.
    static func writeDetector(to folder: TemporaryFolder, side: Float = 16) throws -> String {
        var graph = GraphWriter()
        graph.input("images", TensorType(shape: [1, 3, 64, 64]))
        // Grey is none of it, and what is not quite grey neither.
        graph.constant("red/w", [2, -1, -1] as [Float], shape: [1, 3, 1, 1])
        graph.constant("red/b", [-0.25], shape: [1])
        graph.add("Conv", ["images", "red/w", "red/b"], ["redness"])
        graph.add("Relu", ["redness"], ["mask"])
        let axes = NodeAttribute.ints("axes", [2, 3])
        graph.add("ReduceSum", ["mask"], ["sum"], [axes])
        graph.constant("least", [1e-3], shape: [1])
        graph.add("Max", ["sum", "least"], ["total"])
        for (name, place) in [("x", { $0 % 64 }), ("y", { $0 / 64 })] as [(String, (Int) -> Int)] {
            graph.constant("\(name)s", (0..<4096).map { Float(place($0)) + 0.5 }, shape: [1, 1, 64, 64])
            graph.add("Mul", ["mask", "\(name)s"], ["weighted/\(name)"])
            graph.add("ReduceSum", ["weighted/\(name)"], ["moment/\(name)"], [axes])
            graph.add("Div", ["moment/\(name)", "total"], [name])
        }
        graph.constant("side", [side], shape: [1, 1, 1, 1])
        graph.add("Concat", ["x", "y", "side", "side"], ["box"], [.int("axis", 3)])
        graph.constant("boxes/shape", [1, 1, 4], shape: [3])
        graph.add("Reshape", ["box", "boxes/shape"], ["boxes"])
        // The first class is there from some hundred red pixels on, the second one never.
        graph.constant("classes/w", [0.02, 0], shape: [2, 1, 1, 1])
        graph.constant("classes/b", [-4, -20] as [Float], shape: [2])
        graph.add("Conv", ["sum", "classes/w", "classes/b"], ["logits"])
        graph.add("Sigmoid", ["logits"], ["sigmoid"])
        graph.constant("scores/shape", [1, 1, 2], shape: [3])
        graph.add("Reshape", ["sigmoid", "scores/shape"], ["scores"])
        graph.output("boxes", TensorType(shape: [1, 1, 4]))
        graph.output("scores", TensorType(shape: [1, 1, 2]))
        let card = """
            task: detect
            decoder: ssd
            box-format: cxcywh
            labels: [thing, ghost]
            input: {range: [0, 1], mean: [0], std: [1], resize: letterbox, pad: 128}

            """
        _ = try folder.write(Array(card.utf8), to: "things.yaml")
        return try folder.write(graph.serialized(operatorSet: 11, name: "things"), to: "things.onnx")
    }

    /// Input [1, 3, 32, 32] in 0…1, squashed. Its last feature map has cells of 8 pixels and what is green and what is blue of each;
    /// their means, times 64, are the scores of "green" and "blue" against a half for "plain".
    static func writeClassifier(to folder: TemporaryFolder, card: String = "") throws -> String {
        var graph = GraphWriter()
        graph.input("picture", TensorType(shape: [1, 3, 32, 32]))
        graph.add(
            "AveragePool", ["picture"], ["cells"], [.ints("kernel_shape", [8, 8]), .ints("strides", [8, 8])])
        graph.constant("mark/w", [-0.25, 1, -1, -0.25, -1, 1], shape: [2, 3, 1, 1])
        graph.add("Conv", ["cells", "mark/w"], ["marks"])
        graph.add("Relu", ["marks"], ["features"])
        graph.add("GlobalAveragePool", ["features"], ["pooled"])
        graph.add("Flatten", ["pooled"], ["flat"], [.int("axis", 1)])
        graph.constant("head/w", [0, 0, 64, 0, 0, 64] as [Float], shape: [3, 2])
        graph.constant("head/b", [0.5, 0, 0], shape: [3])
        graph.add("Gemm", ["flat", "head/w", "head/b"], ["logits"], [.int("transB", 1)])
        graph.output("logits", TensorType(shape: [1, 3]))
        let text = "labels: [plain, green, blue]\n\(card)input: {range: [0, 1], mean: [0], std: [1], resize: squash}\n"
        _ = try folder.write(Array(text.utf8), to: "marks.yaml")
        return try folder.write(graph.serialized(operatorSet: 11, name: "marks"), to: "marks.onnx")
    }
}
