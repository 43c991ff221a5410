import Foundation

/// The backward graph while rules write it: its operators, its constants, and which tensors of the forward graph
/// (residuals) it reads.
///
/// Everything in it is computed in 32-bit floats, whatever the forward graph computes in.
final class BackwardGraph {
    /// Of the standard operators that are written: ScatterElements adds from 16 on, ReduceMean has its axes as input
    /// from 18 on.
    static let operatorSet = 18

    /// Where tensors are looked up: the forward graph, or that and what has been written so far, to be differentiated in
    /// its turn.
    var source: Graph
    let rectifier: Rectifier
    /// Whether it runs for many seeds a picture: then it is written for speed where that costs memory, and reads as little
    /// of the forward graph as it can.
    let isBatched: Bool
    private let forward: Graph
    private let types: [String: TensorType]
    private var writer = GraphWriter()
    /// Tensors of the forward graph that become inputs, in the order in which they were first asked for.
    private(set) var residuals: [(name: String, type: TensorType)] = []
    /// MaxPool nodes whose second output is needed, and its name.
    private var indices: [Int: String] = [:]
    /// Tensors that no operator makes, and the name under which the forward graph is to give each of them out.
    private var copies: [String: String] = [:]
    /// By the names of tensors of either graph.
    private var known: [String: Value] = [:]
    private var scalars: [UInt32: Value] = [:]
    private var vectors: [[Int]: String] = [:]
    private var made = 0
    /// Constants of the forward graph that become inputs, under their own names.
    private let lent: [String: TensorType]
    var weights = SharedWeights()

    init(
        forward: Graph, types: [String: TensorType], rectifier: Rectifier = .plain, lent: [String: TensorType] = [:],
        isBatched: Bool = false
    ) {
        self.isBatched = isBatched
        self.lent = lent
        self.forward = forward
        self.types = types
        self.rectifier = rectifier
        source = forward
    }

    /// The version of the standard operators that defines a node of the source.
    func operatorSet(of node: Node) -> Int {
        node.index < forward.nodes.count ? forward.operatorSets[""] ?? 1 : Self.operatorSet
    }

    private func newName(_ op: String) -> String {
        made += 1
        return freeName("gradient/\(op)/\(made)")
    }

    // MARK: The forward graph's tensors

    func type(of tensor: String) -> TensorType { types[tensor] ?? TensorType(shape: known[tensor]!.shape) }

    /// A tensor of the forward graph: written in if it is the same for every picture, else read as a residual.
    func value(of tensor: String) -> Value {
        if let value = known[tensor] { return value }
        if let type = lent[tensor] { return input(tensor, type) }
        let type = types[tensor]!
        if let stored = stored(tensor, type) {
            known[tensor] = stored
            return stored
        }
        // x is read where x · σ(x) is differentiated, and σ(x) costs less than another output of the forward graph.
        if isBatched, let node = forward.producer(of: tensor), node.op == "Sigmoid", let input = node.input(0),
            types[input] != nil
        {
            let gate = value(of: input).logistic
            known[tensor] = gate
            return gate
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
        let name = output(for: tensor)
        residuals.append((name, type))
        let value = input(name, type)
        known[tensor] = value
        return value
    }

    /// The forward graph's output that gives a tensor: inputs and constants are copied, since an engine takes outputs from
    /// operators.
    func output(for tensor: String) -> String {
        if let copy = copies[tensor] { return copy }
        guard forward.hasTensor(tensor), forward.producer(of: tensor) == nil else { return tensor }
        let name = freeName("\(tensor)/copy")
        copies[tensor] = name
        return name
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
        if (forward.operatorSets[""] ?? 1) < 8 {
            // Its MaxPool has one output, so the maxima are looked for once more.
            let (maxima, positions) = (newName("MaxPool"), newName("positions"))
            writer.add(node.copy(reading: [value(of: node.inputs[0]).name], making: [maxima, positions]))
            return value(positions, types[output]!.shape)
        }
        var name = node.outputs.count > 1 ? node.outputs[1] : ""
        if name.isEmpty {
            name = freeName("\(output)/indices")
            indices[node.index] = name
        }
        return known[name] ?? residual(name, TensorType(shape: types[output]!.shape, elementType: .int64))
    }

    /// Which input of a product is x, where the other one is σ(x).
    func swishInput(of node: Node) -> Int? {
        (0..<2).first { position in
            let gate = source.producer(of: node.inputs[1 - position])
            return gate?.op == "Sigmoid" && gate?.input(0) == node.inputs[position]
        }
    }

    func constant(_ tensor: String) -> Constant? { source.constant(tensor) }
    func integers(_ tensor: String) -> [Int]? { source.integers(tensor) }

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
        weights.add(constant: name)
        return value(name, shape)
    }

    func integers(_ values: [Int], shape: [Int]) -> Value {
        let name = newName("constant")
        writer.constant(name, values, shape: shape)
        return value(name, shape)
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
        return value(name, shape)
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

    /// So many whole numbers, in order.
    func range(_ count: Int, from start: Int = 0) -> Value {
        apply("Range", [start, start + count, 1].map { integers([$0], shape: []).name }, shape: [count])
    }

    func zeros(_ shape: [Int]) -> Value {
        // An engine folds it into a constant; written out it could be large.
        scalar(0).expanded(to: shape)
    }

    /// Writes a node of the forward graph once more, with other inputs. Its definition must not have changed since.
    func repeated(_ node: Node, reading inputs: [String], shape: [Int]) -> Value {
        let name = newName(node.op)
        writer.add(node.copy(reading: inputs, making: [name]))
        return value(name, shape)
    }

    /// A tensor that has just been written.
    private func value(_ name: String, _ shape: [Int]) -> Value {
        let value = Value(graph: self, name: name, shape: shape)
        known[name] = value
        return value
    }

    // MARK: Inputs, outputs, the finished graphs

    func hasInput(_ name: String) -> Bool { writer.proto.input.contains { $0.name == name } }

    func input(_ name: String, shape: [Int]) -> Value { input(name, TensorType(shape: shape)) }

    private func input(_ name: String, _ type: TensorType) -> Value {
        writer.input(name, type)
        return value(name, type.shape)
    }

    func give(_ value: Value, as name: String) {
        writer.add("Identity", [value.name], [name])
        writer.output(name, TensorType(shape: value.shape))
    }

    /// The backward graph's file, complete.
    func serialized() throws(ONNXError) -> Data {
        try writer.checkDepth(file: forward.file)
        var writer = writer
        writer.openSummedAxes(ofLent: lent)
        return try writer.serialized(operatorSet: Self.operatorSet, name: forward.file)
    }

    /// The same for any number of seeds at once, of first order; where an operator does not bear that, for one, and why.
    func serializedForBatches(_ results: Int) throws(ONNXError) -> (graph: Data, singleReason: String?) {
        try writer.checkDepth(file: forward.file)
        var types = known.mapValues { TensorType(shape: $0.shape) }
        for (name, type) in residuals { types[name] = type }
        let outputs = (0..<results).map { Gradient.result($0) }
        do throws(ONNXError) {
            let whole = try Graph(writer.proto, operatorSets: ["": Self.operatorSet], file: forward.file)
            for output in outputs {
                types[output] = whole.info(of: output)?.fixedShape.map { TensorType(shape: $0) }
            }
            var part = try PartWriter(
                whole, from: Gradient.seed, to: outputs, batch: nil, types: types, isWhole: true)
            return (
                try GraphWriter(try part.finished()).serialized(operatorSet: Self.operatorSet, name: forward.file), nil
            )
        } catch {
            guard case .notBatched = error.problem else { throw error }
            return (try serialized(), "\(error.problem)")
        }
    }

    /// The forward graph with tensors and residuals among its outputs.
    func forward(giving tensors: [String]) throws(ONNXError) -> Graph {
        var graph = try Graph(forwardWithResiduals, operatorSets: forward.operatorSets, file: forward.file)
        for tensor in tensors { try graph.addOutput(output(for: tensor)) }
        for residual in residuals { try graph.addOutput(residual.name) }
        return graph
    }

    /// The forward graph, then all that has been written, which reads it.
    func joinedWithForward() throws(ONNXError) -> Graph {
        var joined = forward.proto
        joined.node = forwardWithResiduals.node
        joined.node += writer.proto.node
        joined.initializer += writer.proto.initializer
        let made = Set(residuals.map(\.name))
        // The forward graph has lent constants as what they are.
        joined.input += writer.proto.input.filter { !made.contains($0.name) && lent[$0.name] == nil }
        return try Graph(joined, operatorSets: forward.operatorSets, file: forward.file)
    }

    /// Its nodes are the forward graph's, in their order, then copies of inputs.
    private var forwardWithResiduals: Onnx_GraphProto {
        var changed = forward.proto
        for (index, name) in indices {
            changed.node[index].output = [changed.node[index].output[0], name]
        }
        for (tensor, copy) in copies.sorted(by: { $0.key < $1.key }) {
            var identity = Onnx_NodeProto()
            identity.opType = "Identity"
            identity.input = [tensor]
            identity.output = [copy]
            changed.node.append(identity)
        }
        return changed
    }
}
