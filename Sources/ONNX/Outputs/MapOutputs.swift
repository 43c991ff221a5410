/// What a model gives out that makes maps itself, such as an anomaly, segmentation, saliency or depth model.
package struct MapOutputs: Sendable {
    package enum Kind: Sendable, Equatable {
        /// How far each place is from what is normal; and how far the picture is, where there is a tensor of that.
        case anomaly
        /// A probability for each class.
        case classes
        /// One map of whatever it is, such as a depth.
        case single
    }

    package let kind: Kind
    /// With `map` and `scores` among its outputs.
    package let graph: Graph
    /// Tensor `[1, channels, height, width]`, or with the channels last, or without an axis of channels.
    package let map: String
    /// Tensor of one number a class: the class's mean over the picture; of an anomaly model the picture's own score, nil
    /// where it gives none.
    package let scores: String?
    /// As the model names it.
    package let output: String
    package let layout: TensorLayout
    /// Channels of the map; nil where the file does not tell.
    package let classes: Int?
    /// Whether its values lie in 0...1.
    package let isBounded: Bool
    /// Whether it is normalised already, so that 0.5 is the threshold: anomalib's files from version 2 on.
    package let isNormalised: Bool
    /// What was chosen and looked through, a line each.
    package let notes: [String]
}

extension Graph {
    /// anomalib's names.
    private static let anomalyMap = AnomalyOutputs.map
    private static let anomalyScore = AnomalyOutputs.score
    private static let anomalyVerdicts = [AnomalyOutputs.label, AnomalyOutputs.mask]

    /// Whether its outputs are named as those of an anomaly model are.
    package var namesAnomalyMap: Bool { outputs.contains { $0.name == Self.anomalyMap } }

    /// Finds the output that is a map of the picture.
    ///
    /// - Parameters:
    ///   - wanted: the output; nil: the first one with rows and columns.
    ///   - isAnomaly: whether it is known to be an anomaly map, however it is named.
    ///   - score: the output that is the picture's own anomaly score; nil: as anomalib names it.
    ///   - activation: what makes probabilities of the values; nil: seen from the graph.
    ///   - layout: of the pictures, which the map is taken to have, too.
    ///   - labels: how many names are known.
    /// - Throws: `.noMap`, `.noSuchOutput`, `.needsGraph`.
    package func mapOutputs(
        output wanted: String? = nil, isAnomaly: Bool = false, score: String? = nil,
        activation: CAMHead.Activation? = nil, layout: TensorLayout = .channelsFirst, labels: Int? = nil
    ) throws(ONNXError) -> MapOutputs {
        let output = try mapOutput(wanted)
        if isAnomaly || isNormalisedAnomaly(output) { return try anomalyOutputs(output, score: score) }
        guard !isStandIn else { throw ONNXError(file: file, problem: .needsGraph) }
        let found = lookedThrough(output)
        var notes =
            found.passed.isEmpty
            ? [] : ["map: '\(found.tensor)', before \(found.passed.joined(separator: " → "))"]
        let others = outputs.map(\.name).filter { $0 != output }
        if !others.isEmpty {
            notes.append(
                "output: '\(output)'; not \(others.prefix(5).joined(separator: ", ")) (--output-tensor chooses)")
        }
        var writer = MapWriter(self, found.tensor, output, layout, labels: labels)
        return try writer.outputs(activation: activation, notes: notes)
    }

    private func mapOutput(_ wanted: String?) throws(ONNXError) -> String {
        if let wanted {
            guard outputs.contains(where: { $0.name == wanted }) || producer(of: wanted) != nil else {
                throw ONNXError(file: file, problem: .noSuchOutput(wanted, outputs: outputs.map(\.name)))
            }
            return wanted
        }
        if namesAnomalyMap { return Self.anomalyMap }
        if let map = outputs.first(where: { isMap(lookedThrough($0.name).tensor, $0) }) { return map.name }
        let seen = outputs.prefix(5).map { "'\($0.name)' \($0.shape.map { "\($0)" } ?? "of unknown shape")" }
        throw ONNXError(file: file, problem: .noMap(outputs: seen))
    }

    /// Whether a tensor has rows and columns, as far as the file tells.
    private func isMap(_ tensor: String, _ output: ValueInfo) -> Bool {
        guard output.isTensor, let shape = info(of: tensor)?.shape ?? (tensor == output.name ? nil : output.shape)
        else { return false }
        let places: ArraySlice<ValueInfo.Dimension> =
            switch shape.count {
            case 3: shape[1...]
            case 4: shape[2...].allSatisfy { $0.size != 1 } ? shape[2...] : shape[1...2]
            default: []
            }
        return places.count == 2 && places.allSatisfy { $0.size != 1 }
    }

    /// Values as they are: whoever reads them normalises what is not normalised.
    private func anomalyOutputs(_ map: String, score wanted: String?) throws(ONNXError) -> MapOutputs {
        if let wanted, !outputs.contains(where: { $0.name == wanted }), producer(of: wanted) == nil {
            throw ONNXError(file: file, problem: .noSuchOutput(wanted, outputs: outputs.map(\.name)))
        }
        let score = wanted ?? outputs.map(\.name).first { $0 == Self.anomalyScore && $0 != map }
        var graph = self
        for tensor in [map] + (score.map { [$0] } ?? []) { try graph.addOutput(tensor) }
        return MapOutputs(
            kind: .anomaly, graph: graph, map: map, scores: score, output: map, layout: .channelsFirst, classes: 1,
            isBounded: true, isNormalised: isNormalisedAnomaly(map), notes: [])
    }

    /// Whoever gives out verdicts has applied the thresholds.
    private func isNormalisedAnomaly(_ map: String) -> Bool {
        map == Self.anomalyMap && outputs.contains { Self.anomalyVerdicts.contains($0.name) }
    }
}

/// Writes behind a map what makes probabilities of it, and each class's mean.
private struct MapWriter {
    private let source: Graph
    private let output: String
    /// What is there already.
    private let first: String
    private let isFlat: Bool
    private let layout: TensorLayout
    private let classes: Int?
    private let version: Int
    private var tensor: String
    private var writer = GraphWriter()

    init(_ source: Graph, _ tensor: String, _ output: String, _ layout: TensorLayout, labels: Int?) {
        (self.source, self.first, self.tensor, self.output) = (source, tensor, tensor, output)
        version = source.operatorSets[""] ?? 1
        let shape = source.info(of: tensor)?.shape
        isFlat = shape?.count == 3
        let isChannelsLast = !isFlat && Self.isChannelsLast(shape?.map(\.size) ?? [], layout, labels)
        self.layout = isChannelsLast ? .channelsLast : .channelsFirst
        classes = isFlat ? 1 : shape.flatMap { $0.count == 4 ? $0[isChannelsLast ? 3 : 1].size : nil }
    }

    /// Labels tell, else one channel, else the sides of a square, else the pictures' own layout.
    private static func isChannelsLast(_ shape: [Int?], _ layout: TensorLayout, _ labels: Int?) -> Bool {
        guard shape.count == 4 else { return layout == .channelsLast }
        let (first, last) = (shape[1], shape[3])
        if let labels, (first == labels) != (last == labels) { return last == labels }
        if (first == 1) != (last == 1) { return last == 1 }
        if let first, let last, let middle = shape[2], first != last, first == middle || last == middle {
            return first == middle
        }
        return layout == .channelsLast
    }

    private var channelAxis: Int { layout == .channelsFirst ? 1 : 3 }

    mutating func outputs(activation: CAMHead.Activation?, notes: [String]) throws(ONNXError) -> MapOutputs {
        var notes = notes
        if isFlat { unsqueeze() }
        let own = source.lastActivation(tensor)
        let isSingle = classes == 1
        if let activation = activation ?? (own != nil || isSingle ? nil : .softmax), activation != own {
            switch activation {
            case .softmax: softmax()
            case .sigmoid: add("Sigmoid", "probabilities")
            case .none: break
            }
            notes.append("\(activation == .softmax ? "softmax over the classes" : "\(activation)") of '\(output)'")
        }
        let isBounded = (activation ?? own ?? (isSingle ? .none : .softmax)) != .none || source.isClipped(tensor)
        let map = tensor
        let scores = name("mean")
        mean(into: scores)
        var proto = source.cut(to: first, source.reached(from: first))
        proto.node += writer.proto.node
        proto.initializer += writer.proto.initializer
        // Their types are the engine's to infer, save of what the file has.
        proto.output = [GraphWriter.info(scores, nil)] + (map == first ? proto.output : [GraphWriter.info(map, nil)])
        return MapOutputs(
            kind: isSingle ? .single : .classes,
            graph: try Graph(proto, operatorSets: source.operatorSets, file: source.file), map: map, scores: scores,
            output: output, layout: layout, classes: classes, isBounded: isBounded, isNormalised: false, notes: notes)
    }

    private func name(_ part: String) -> String { source.freeName("\(output)/\(part)") }

    private mutating func add(_ op: String, _ part: String, _ attributes: [NodeAttribute] = []) {
        writer.add(op, [tensor], [name(part)], attributes)
        tensor = name(part)
    }

    private mutating func unsqueeze() {
        guard version >= 13 else { return add("Unsqueeze", "channel", [.ints("axes", [1])]) }
        writer.constant(name("axis"), [1], shape: [1])
        writer.add("Unsqueeze", [tensor, name("axis")], [name("channel")])
        tensor = name("channel")
    }

    private mutating func softmax() {
        guard version < 13 else { return add("Softmax", "probabilities", [.int("axis", channelAxis)]) }
        // Softmax was over all axes from one on.
        let axes = NodeAttribute.ints("axes", [channelAxis])
        writer.add("ReduceMax", [tensor], [name("largest")], [axes])
        writer.add("Sub", [tensor, name("largest")], [name("below")])
        writer.add("Exp", [name("below")], [name("powers")])
        writer.add("ReduceSum", [name("powers")], [name("sum")], [axes])
        writer.add("Div", [name("powers"), name("sum")], [name("probabilities")])
        tensor = name("probabilities")
    }

    private mutating func mean(into scores: String) {
        guard layout == .channelsLast else { return writer.add("GlobalAveragePool", [tensor], [scores]) }
        guard version >= 18 else { return writer.add("ReduceMean", [tensor], [scores], [.ints("axes", [1, 2])]) }
        writer.constant(name("places"), [1, 2], shape: [2])
        writer.add("ReduceMean", [tensor, name("places")], [scores])
    }
}

extension Graph {
    /// What makes probabilities at a tensor's end: operators that move or enlarge it are looked through, as they keep 0...1.
    fileprivate func lastActivation(_ tensor: String) -> CAMHead.Activation? {
        var tensor = tensor
        while let node = producer(of: tensor), let input = node.input(0) {
            if node.op == "LogSoftmax" { return nil }
            if let activation = CAMHead.Activation(of: node) { return activation }
            guard transparent.contains(node.op) || ["Resize", "Upsample", "Slice", "Transpose"].contains(node.op) else {
                return nil
            }
            tensor = input
        }
        return nil
    }

    /// Whether its last operator keeps a tensor in 0...1.
    fileprivate func isClipped(_ tensor: String) -> Bool {
        guard let node = producer(of: tensor) else { return false }
        switch node.op {
        case "HardSigmoid": return true
        case "Clip":
            func bound(_ name: String, _ position: Int) -> Float? {
                node.float(name) ?? node.input(position).flatMap { constant($0)?.values.first }
            }
            return bound("min", 1) ?? -1 >= 0 && bound("max", 2) ?? 2 <= 1
        default: return false
        }
    }
}
