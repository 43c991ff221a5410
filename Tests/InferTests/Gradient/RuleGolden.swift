import Foundation
import ONNX
import TestSupport
import Testing

/// An operator on small numbers, and PyTorch's gradients of it: Tests/Fixtures/generate_rules.py makes them.
struct RuleGolden: Decodable, Sendable, CustomTestStringConvertible {
    struct Tensor: Decodable {
        enum Kind: String, Decodable { case variable, floats, integers }

        let name: String
        let kind: Kind
        let shape: [Int]
        let values: [Float]
        /// As they are: a Float does not hold each of them.
        let integers: [Int]

        private enum Key: CodingKey { case name, kind, shape, values }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            name = try fields.decode(String.self, forKey: .name)
            kind = try fields.decode(Kind.self, forKey: .kind)
            shape = try fields.decode([Int].self, forKey: .shape)
            values = kind == .integers ? [] : try fields.decode([Float].self, forKey: .values)
            integers = kind == .integers ? try fields.decode([Int].self, forKey: .values) : []
        }
    }

    struct Node: Decodable {
        let op: String
        let inputs: [String]
        let outputs: [String]
        let attributes: [Attribute]
    }

    struct Attribute: Decodable {
        let name: String
        let int: Int?
        let ints: [Int]?
        let float: Float?
        let floats: [Float]?
        let string: String?

        var attribute: NodeAttribute {
            if let int { return .int(name, int) }
            if let ints { return .ints(name, ints) }
            if let float { return .float(name, float) }
            if let floats { return .floats(name, floats) }
            return .string(name, string ?? "")
        }
    }

    let name: String
    let operatorSet: Int
    let isBroadcast: Bool
    /// Whether the engine's own results are right, and smooth enough for a central difference.
    let isExact: Bool
    let tensors: [Tensor]
    let nodes: [Node]
    let seed: [Float]
    let y: [Float]
    let gradients: [[Float]]

    var testDescription: String { name }
    var operators: [String] { nodes.map(\.op) }
    var variables: [Tensor] { tensors.filter { $0.kind == .variable } }

    static var all: [RuleGolden] {
        get throws {
            try JSONDecoder().decode(
                [RuleGolden].self,
                from: Data(contentsOf: checkout.appending(path: "Tests/Fixtures/gradients/rules.json")))
        }
    }

    var rule: RuleCase {
        RuleCase(name, variables.map(\.shape), operatorSet: operatorSet) { graph in
            for tensor in tensors {
                switch tensor.kind {
                case .variable: continue
                case .floats: graph.constant(tensor.name, tensor.values, shape: tensor.shape)
                case .integers: graph.constant(tensor.name, tensor.integers, shape: tensor.shape)
                }
            }
            for node in nodes { graph.add(node.op, node.inputs, node.outputs, node.attributes.map(\.attribute)) }
        }
    }
}
