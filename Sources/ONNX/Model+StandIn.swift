extension Model {
    /// What a stand-in's only operator is called; no engine knows it.
    fileprivate static let wholeModel = "ai.camstream.Model"

    /// A model that another program reads from its file, such as an OpenVINO IR: its inputs and outputs are known here, and
    /// nothing of what is between them.
    ///
    /// - Parameters:
    ///   - file: that it is read from.
    ///   - weightFiles: files beside it that hold weights.
    ///   - inputs: dimensions that are not fixed are nil.
    /// - Throws: `.noInput` and the like where that is no model.
    package init(
        standingFor file: String, weightFiles: [String], inputs: [StandInTensor], outputs: [StandInTensor]
    ) throws(ONNXError) {
        var proto = Onnx_GraphProto()
        proto.name = "camstream"
        proto.input = inputs.map(\.info)
        proto.output = outputs.map(\.info)
        var node = Onnx_NodeProto()
        (node.domain, node.opType) = ("ai.camstream", "Model")
        (node.input, node.output) = (inputs.map(\.name), outputs.map(\.name))
        proto.node = [node]
        self.init(
            graph: try Graph(proto, operatorSets: ["": 17], file: file), file: file,
            weightFiles: weightFiles)
    }

    /// Whether the engine has to read the file itself.
    package var isStandIn: Bool { graph.isStandIn }
}

extension Graph {
    /// As `Model.isStandIn`.
    package var isStandIn: Bool { nodes.count == 1 && nodes[0].op == Model.wholeModel }
}

/// An input or output of a model that another program reads.
package struct StandInTensor: Sendable {
    let name: String
    let elementType: ElementType?
    /// nil: not even the rank is known.
    let shape: [Int?]?

    package init(name: String, elementType: ElementType?, shape: [Int?]?) {
        (self.name, self.elementType, self.shape) = (name, elementType, shape)
    }

    fileprivate var info: Onnx_ValueInfoProto {
        var info = Onnx_ValueInfoProto()
        info.name = name
        var tensor = Onnx_TypeProto.TensorTypeProto()
        if let elementType { tensor.elemType = Int32(elementType.rawValue) }
        if let shape {
            tensor.shape.dim = shape.map { size in
                var dim = Onnx_TensorShapeProto.Dimension()
                if let size { dim.dimValue = Int64(size) }
                return dim
            }
        }
        info.type.tensorType = tensor
        return info
    }
}
