import ONNX

/// A detector that finds red and blue squares of 16 pixels where its cells are.
package enum SquareDetector {
    package static let card = "task: detect\nlabels: [red, blue]\n"

    /// What it gives out as scores.
    package enum Scores { case probabilities, logits, noNumbers }

    /// Input [1, 3, 64, 64] in 0…1; cells of 8, 16 and 32 pixels, of which those of 16 see red or blue; a cell's box is the cell.
    /// Output as YOLOv8's, [1, 4 + 2, 84].
    ///
    /// - Parameters:
    ///   - output: the shape that it says it gives out.
    /// - Returns: the model's path; its card is beside it.
    package static func write(
        to folder: TemporaryFolder, card: String = card, output: [Int] = [1, 6, 84],
        scores: Scores = .probabilities
    ) throws -> String {
        var graph = GraphWriter()
        graph.input("images", TensorType(shape: [1, 3, 64, 64]))
        graph.constant("keep", [1, 0, 0, 0, 1, 0, 0, 0, 1] as [Float], shape: [3, 3, 1, 1])
        // Nothing of the picture is in the boxes, but they depend on it as far as a graph can tell.
        graph.constant("boxes/w", [Float](repeating: 0, count: 12), shape: [4, 3, 1, 1])
        var (parts, cells) = ([String](), [[Float]](repeating: [], count: 4))
        for stride in [8, 16, 32] {
            let count = 64 / stride
            let kernel = NodeAttribute.ints("kernel_shape", [stride, stride])
            graph.add("AveragePool", ["images"], ["pool\(stride)"], [kernel, .ints("strides", [stride, stride])])
            graph.add("Conv", ["pool\(stride)", "keep"], ["mixed\(stride)"])
            graph.add("Relu", ["mixed\(stride)"], ["features\(stride)"])
            graph.constant("shape\(stride)", [1, -1, count * count], shape: [3])
            // red - (green + blue) / 2, and the same of blue, in steep logits.
            let steep: Float = stride == 16 ? 20 : 0
            graph.constant(
                "classes\(stride)/w", [1, -0.5, -0.5, -0.5, -0.5, 1].map { $0 * steep }, shape: [2, 3, 1, 1])
            graph.constant("classes\(stride)/b", (stride == 16 ? [-10, -10] : [-20, -20]) as [Float], shape: [2])
            graph.add(
                "Conv", ["features\(stride)", "classes\(stride)/w", "classes\(stride)/b"], ["logits\(stride)"])
            graph.add("Conv", ["features\(stride)", "boxes/w"], ["offsets\(stride)"])
            graph.add("Concat", ["offsets\(stride)", "logits\(stride)"], ["both\(stride)"], [.int("axis", 1)])
            graph.add("Reshape", ["both\(stride)", "shape\(stride)"], ["flat\(stride)"])
            parts.append("flat\(stride)")
            for row in 0..<count {
                for column in 0..<count {
                    let middle = { (cell: Int) in (Float(cell) + 0.5) * Float(stride) }
                    for (axis, value) in [middle(column), middle(row), Float(stride), Float(stride)].enumerated() {
                        cells[axis].append(value)
                    }
                }
            }
        }
        graph.add("Concat", parts, ["all"], [.int("axis", 2)])
        graph.constant("split", [4, 2], shape: [2])
        graph.add("Split", ["all", "split"], ["boxes", "logits"], [.int("axis", 1)])
        graph.constant("cells", cells.flatMap(\.self), shape: [1, 4, 84])
        graph.add("Add", ["boxes", "cells"], ["placed"])
        switch scores {
        case .probabilities: graph.add("Sigmoid", ["logits"], ["scored"])
        case .logits: graph.add("Identity", ["logits"], ["scored"])
        case .noNumbers:
            graph.add("Sub", ["logits", "logits"], ["zero"])
            graph.add("Div", ["zero", "zero"], ["scored"])
        }
        graph.add("Concat", ["placed", "scored"], ["output0"], [.int("axis", 1)])
        graph.output("output0", TensorType(shape: output))
        _ = try folder.write(Array(card.utf8), to: "squares.yaml")
        return try folder.write(graph.serialized(operatorSet: 13, name: "squares"), to: "squares.onnx")
    }
}
