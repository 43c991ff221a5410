/// What is wrong with a model, and with which file.
package struct ONNXError: Error, Equatable, CustomStringConvertible {
    /// The model as the user named it.
    package let file: String
    package let problem: Problem

    package enum Problem: Error, Equatable {
        // The file
        case notFound
        case notAFile
        case unreadable(reason: String)
        case empty
        case foreign(kind: String, advice: String)
        case notProtobuf
        case truncated(bytes: Int)
        case tooLarge(bytes: Int)
        // The graph
        case noGraph
        case noNodes
        case noOperatorSet
        case noOutputs
        case duplicateTensor(String)
        case missingTensor(String, reader: String)
        case cycle(tensor: String)
        case badTensor(String, reason: String)
        case badAttribute(String, node: String, reason: String)
        /// `operators`: how many come one behind the other.
        case tooDeep(operators: Int)
        case externalData(tensor: String, file: String, reason: String)
        // Not a classifier that this program can explain
        case noInput
        case severalInputs([String])
        case notAnImageInput(String, reason: String)
        case noClassScores(String, reason: String)
        /// With their shapes.
        case ambiguousOutputs([String])
        case noSuchOutput(String, outputs: [String])
        /// No output has rows and columns; `outputs`: with their shapes.
        case noMap(outputs: [String])
        /// The file is an engine's own format, of which nothing but inputs and outputs is known.
        case needsGraph
        case layerNotFound(String, similar: [String])
        case layerIsNotPooled(String, pooled: String)
        case layerIsNoMap(String)
        case noSuchLayer(String, last: [String])
        /// `matches`: with their shapes.
        case ambiguousLayer(String, matches: [String])
        /// `count`: how many layers are listed.
        case noSuchLayerIndex(Int, count: Int)
        /// `found`: the operators after the last feature map, in the data's order.
        case noGAPHead(found: [String], reason: String?)
        // Not to be differentiated
        case scoresDoNotDepend(layer: String, scores: String)
        /// `alternatives`: methods that need no gradient.
        case noGradientRule(op: String, node: String, alternatives: [String])
        case noGradient(node: String, reason: String, alternatives: [String])
        case shapeUnknown(String)
        // A detector whose boxes have no maps
        case scoresNotTraced(String)
        case noLevels(String)
        // Not to be run in parts
        case operatorSetTooOld(Int, needed: Int)
        case notBatched(node: String)
    }

    package init(file: String, problem: Problem) {
        self.file = file
        self.problem = problem
    }

    /// One line, whatever characters the names in a file are made of.
    package var description: String {
        String(String.UnicodeScalarView("\(file): \(problem)".unicodeScalars.map { $0.isPrintable ? $0 : "\u{fffd}" }))
    }
}

extension ONNXError.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound: "no such model file; check the path"
        case .notAFile: "is a folder or device, not a model file; name the .onnx file itself"
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .empty: "the model file is empty; download or export it again"
        case .foreign(let kind, let advice): "is \(kind), not an ONNX model; \(advice)"
        case .notProtobuf: "is not an ONNX model, or it is damaged; download or export it again"
        case .truncated(let bytes): "the model is cut off after \(bytes) bytes; download or copy it again"
        case .tooLarge(let bytes):
            "the model has \(bytes / 1_000_000) MB with its weights, more than the 2147 MB that one ONNX model may have;"
                + " export it in fp16"
        case .noGraph: "holds no graph, so it is not an ONNX model or it is cut off; download or export it again"
        case .noNodes: "the model's graph has no operators; export it again"
        case .noOperatorSet: "the model names no operator set (opset_import), so it cannot be read; export it again"
        case .noOutputs: "the model has no output; export it again"
        case .duplicateTensor(let tensor): "the model makes tensor '\(tensor)' twice; export it again"
        case .missingTensor(let tensor, let reader):
            "\(reader) reads tensor '\(tensor)', which nothing in the model makes; export it again"
        case .cycle(let tensor): "the model's graph goes in a circle through tensor '\(tensor)'; export it again"
        case .badTensor(let tensor, let reason): "tensor '\(tensor)' \(reason); export the model again"
        case .badAttribute(let name, let node, let reason):
            "attribute '\(name)' of \(node) \(reason); export the model again"
        case .tooDeep(let operators):
            "the model has \(operators) operators one behind the other, more than the \(Graph.deepest) that the inference"
                + " engine bears; no classifier has that many, so export it again"
        case .externalData(let tensor, let file, let reason):
            "the weights of tensor '\(tensor)' in file '\(file)' \(reason); put the weight file beside the model"
        default: classifierDescription
        }
    }

    private var classifierDescription: String {
        switch self {
        case .noInput: "the model has no input; an image classifier is needed"
        case .severalInputs(let names):
            "the model has \(names.count) inputs (\(quoted(names))); a classifier with one image as input is needed"
        case .notAnImageInput(let name, let reason):
            "the model's input '\(name)' \(reason); an image [N, 3, height, width] or [N, height, width, 3] is needed"
        case .noClassScores(let name, let reason):
            "the model's output '\(name)' \(reason); a classifier with class scores [N, classes] is needed"
        case .ambiguousOutputs(let outputs):
            "the model has \(outputs.count) outputs that are equally likely to be class scores: \(listed(outputs));"
                + " choose one with --output-tensor NAME, or with 'output: NAME' in the model card"
        case .needsGraph:
            "an OpenVINO IR is read where the model gives out an anomaly map (an output 'anomaly_map'); export this one as ONNX"
        case .noMap(let outputs):
            "no output is a map of the image, such as [1, classes, height, width]: it gives out \(outputs.joined(separator: ", "))"
        case .noSuchOutput(let name, let outputs):
            "the model has no output and no tensor '\(name)'; its outputs are \(listed(outputs))"
        case .layerNotFound(let name, let similar):
            "the model has no tensor or unique node named '\(name)'"
                + (similar.isEmpty ? "" : "; did you mean \(quoted(similar))?")
        case .layerIsNotPooled(let name, let pooled):
            "what follows layer '\(name)' is not a GAP head; in this model the pooling reads '\(pooled)'"
        case .noGAPHead(let found, let reason):
            "after the last feature map come \(found.isEmpty ? "no operators" : found.joined(separator: " → "))"
                + (reason.map { " (\($0))" } ?? "")
                + "; this method needs a GAP head: global average pooling, then one dense layer or none"
        case .layerIsNoMap(let name):
            "layer '\(name)' has no rows and columns to map; 'camstream layers' lists those that have"
        case .noSuchLayer(let name, let last):
            "the model has no layer '\(name)'"
                + (last.isEmpty ? "" : "; the last ones are \(quoted(last)), 'camstream layers' lists all")
        case .ambiguousLayer(let name, let matches):
            "'\(name)' fits \(matches.count) layers: \(matches.joined(separator: ", ")); give more of the name"
        case .noSuchLayerIndex(let index, let count):
            "there is no layer \(index): the model has \(count), -1 is the last; 'camstream layers' lists them"
        default: gradientDescription
        }
    }

    private var gradientDescription: String {
        switch self {
        case .scoresDoNotDepend(let layer, let scores):
            "the scores '\(scores)' do not depend on layer '\(layer)'; name a layer before them"
        case .noGradientRule(let op, let node, let alternatives):
            "there is no gradient for operator \(op) (\(node)); \(Self.wayOut(alternatives))"
        case .noGradient(let node, let reason, let alternatives):
            "there is no gradient for \(node), because \(reason); \(Self.wayOut(alternatives))"
        case .shapeUnknown(let tensor): "the shape of tensor '\(tensor)' is unknown; export the model with a fixed size"
        case .scoresNotTraced(let tensor):
            "the scores '\(tensor)' cannot be followed back to the operators that compute them, so boxes have no maps"
        case .noLevels(let tensor):
            "no map of features lies under both the boxes and the scores '\(tensor)', so boxes have no maps"
        case .notBatched(let node): "\(node) mixes up what is computed side by side"
        case .operatorSetTooOld(let version, let needed):
            "the model has operator set \(version), and this method needs \(needed) or newer; export the model again, or "
                + "take another method"
        default: ""
        }
    }

    private static func wayOut(_ alternatives: [String]) -> String {
        "name a layer behind it, or take a method that needs no gradient"
            + (alternatives.isEmpty ? "" : ": \(alternatives.joined(separator: ", "))")
    }

    /// At most five names, each in quotes.
    private func quoted(_ names: [String]) -> String { listed(names.map { "'\($0)'" }) }

    /// At most five.
    private func listed(_ items: [String]) -> String {
        items.prefix(5).joined(separator: ", ") + (items.count > 5 ? ", …" : "")
    }
}

extension Unicode.Scalar {
    fileprivate var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format: false
        default: true
        }
    }
}
