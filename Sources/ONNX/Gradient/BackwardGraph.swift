import Foundation

/// The backward graph while rules write it: its operators, its constants, and which tensors of the forward graph
/// (residuals) it reads.
///
/// Everything in it is computed in 32-bit floats, whatever the forward graph computes in.
final class BackwardGraph {
    /// Of the standard operators that are written: ScatterElements adds from 16 on, ReduceMean has its axes as input
    /// from 18 on.
    static let operatorSet = 18

    private let forward: Graph
    private let types: [String: TensorType]
    private(set) var writer = GraphWriter()
    /// Tensors of the forward graph that become inputs, in the order in which they were first asked for.
    private(set) var residuals: [(name: String, type: TensorType)] = []
    /// MaxPool nodes whose second output is needed, and its name.
    private(set) var indices: [Int: String] = [:]
    /// Residuals that no operator makes, and the name under which the forward graph is to give each of them out.
    private(set) var copies: [String: String] = [:]
    private var known: [String: Value] = [:]
    private var scalars: [UInt32: Value] = [:]
    private var vectors: [[Int]: String] = [:]
    private var made = 0

    init(forward: Graph, types: [String: TensorType]) {
        self.forward = forward
        self.types = types
    }

    var operatorSetOfForward: Int { forward.operatorSets[""] ?? 1 }

    private func newName(_ op: String) -> String {
        made += 1
        return freeName("gradient/\(op)/\(made)")
    }

    // MARK: The forward graph's tensors

    func type(of tensor: String) -> TensorType { types[tensor]! }

    /// A tensor of the forward graph: written in if it is the same for every picture, else read as a residual.
    func value(of tensor: String) -> Value {
        if let value = known[tensor] { return value }
        let type = types[tensor]!
        if let stored = stored(tensor, type) {
            known[tensor] = stored
            return stored
        }
        return residual(tensor, type)
    }

    private func stored(_ tensor: String, _ type: TensorType) -> Value? {
        if type.elementType.isFloat, let constant = forward.constant(tensor) {
            return floats(constant.values, shape: constant.shape)
        }
        if type.elementType == .int64, let values = forward.integers(tensor), values.count == type.count {
            return integers(values, shape: type.shape)
        }
        return nil
    }

    private func residual(_ tensor: String, _ type: TensorType) -> Value {
        var type = type
        if type.elementType.isFloat { type.elementType = .float32 }
        var name = tensor
        // Inputs and constants: an engine takes outputs from operators.
        if forward.hasTensor(tensor), forward.producer(of: tensor) == nil {
            name = freeName("\(tensor)/copy")
            copies[tensor] = name
        }
        residuals.append((name, type))
        writer.input(name, type)
        let value = Value(graph: self, name: name, shape: type.shape)
        known[tensor] = value
        return value
    }

    /// A name that no tensor of the forward graph has.
    private func freeName(_ wanted: String) -> String {
        var name = wanted
        while forward.hasTensor(name) { name += "'" }
        return name
    }

    /// Where in its input, counted over all elements, a MaxPool found each maximum: the first of equal ones.
    func maximumPositions(of node: Node) -> Value {
        let output = node.outputs[0]
        var name = node.outputs.count > 1 ? node.outputs[1] : ""
        if name.isEmpty {
            name = freeName("\(output)/indices")
            indices[node.index] = name
        }
        return known[name] ?? residual(name, TensorType(shape: types[output]!.shape, elementType: .int64))
    }

    func constant(_ tensor: String) -> Constant? { forward.constant(tensor) }
    func integers(_ tensor: String) -> [Int]? { forward.integers(tensor) }

    // MARK: Constants

    func scalar(_ number: Float) -> Value {
        if let value = scalars[number.bitPattern] { return value }
        let value = floats([number], shape: [])
        scalars[number.bitPattern] = value
        return value
    }

    /// Row-major.
    func floats(_ values: [Float], shape: [Int]) -> Value {
        let name = newName("constant")
        writer.constant(name, values, shape: shape)
        return Value(graph: self, name: name, shape: shape)
    }

    func integers(_ values: [Int], shape: [Int]) -> Value {
        let name = newName("constant")
        writer.constant(name, values, shape: shape)
        return Value(graph: self, name: name, shape: shape)
    }

    /// A list of integers, such as axes or a shape.
    private func vector(_ values: [Int]) -> String {
        if let name = vectors[values] { return name }
        let name = integers(values, shape: [values.count]).name
        vectors[values] = name
        return name
    }

    // MARK: Operators

    /// Writes an operator with one output, whose shape the caller knows.
    func apply(_ op: String, _ inputs: [String], _ attributes: [NodeAttribute] = [], shape: [Int]) -> Value {
        let name = newName(op)
        writer.add(op, inputs, [name], attributes)
        return Value(graph: self, name: name, shape: shape)
    }

    /// The same, with inputs that are lists of integers behind the first.
    func apply(
        _ op: String, _ input: Value, vectors: [[Int]], _ attributes: [NodeAttribute] = [], shape: [Int]
    ) -> Value {
        apply(op, [input.name] + vectors.map { vector($0) }, attributes, shape: shape)
    }

    func elementwise(_ op: String, _ a: Value, _ b: Value) -> Value {
        apply(op, [a.name, b.name], shape: Broadcast.shape(a.shape, b.shape))
    }

    func zeros(_ shape: [Int]) -> Value {
        // An engine folds it into a constant; written out it could be large.
        scalar(0).expanded(to: shape)
    }

    /// Writes a node of the forward graph once more, with other inputs. Its definition must not have changed since.
    func repeated(_ node: Node, reading inputs: [String], shape: [Int]) -> Value {
        let name = newName(node.op)
        writer.add(node.copy(reading: inputs, making: [name]))
        return Value(graph: self, name: name, shape: shape)
    }

    /// The backward graph's file, complete.
    func serialized(seed: TensorType, result: Value) throws(ONNXError) -> Data {
        writer.input(Gradient.seed, seed)
        writer.add("Identity", [result.name], [Gradient.result])
        writer.output(Gradient.result, TensorType(shape: result.shape))
        return try writer.serialized(operatorSet: Self.operatorSet, name: forward.file)
    }
}
