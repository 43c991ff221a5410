import Foundation
import ONNX

/// A graph written operator by operator, with the shapes of what they make.
struct SmallGraph {
    private var writer = GraphWriter()
    private(set) var types: [String: TensorType] = [:]
    private var last = ""

    /// - Parameter shape: of the input "x".
    init(_ shape: [Int]) {
        writer.input("x", TensorType(shape: shape))
        types["x"] = TensorType(shape: shape)
    }

    /// The last added output is the scores.
    mutating func add(
        _ op: String, _ inputs: [String], _ output: String, _ shape: [Int], _ attributes: [NodeAttribute] = []
    ) {
        add(op, inputs, [(output, shape)], attributes)
    }

    mutating func add(
        _ op: String, _ inputs: [String], _ outputs: [(String, [Int])], _ attributes: [NodeAttribute] = []
    ) {
        writer.add(op, inputs, outputs.map(\.0), attributes)
        for (name, shape) in outputs { types[name] = TensorType(shape: shape) }
        last = outputs[0].0
    }

    mutating func constant(_ name: String, _ shape: [Int]) {
        writer.constant(name, [Float](repeating: 1, count: shape.reduce(1, *)), shape: shape)
    }

    mutating func integers(_ name: String, _ values: [Int], isScalar: Bool = false) {
        writer.constant(name, values, shape: isScalar ? [] : [values.count])
    }

    /// A pooling and a dense layer over a tensor `[1, channels, height, width]`.
    mutating func head(_ tensor: String, channels: Int) {
        add("GlobalAveragePool", [tensor], "pooled", [1, channels, 1, 1])
        add("Flatten", ["pooled"], "scores", [1, channels])
    }

    var graph: Graph {
        get throws {
            var whole = writer
            whole.output(last)
            return try Model(try whole.serialized(operatorSet: 18, name: "test.onnx")).graph
        }
    }

    var layers: [Layer] {
        get throws { try graph.layers(before: last, types: types) }
    }

    /// Names of the listed layers.
    var listed: [String] {
        get throws { try layers.filter(\.isListed).map(\.tensor) }
    }

    var byDefault: Layer? {
        get throws { try graph.defaultLayer(before: last, types: types) }
    }

    func layer(_ tensor: String) throws -> Layer? { try layers.first { $0.tensor == tensor } }
}
