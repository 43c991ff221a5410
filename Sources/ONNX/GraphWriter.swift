package import Foundation
import SwiftProtobuf

/// What the elements of a tensor are, and how many there are along each axis.
package struct TensorType: Sendable, Equatable {
    package var shape: [Int]
    package var elementType: ElementType

    package init(shape: [Int], elementType: ElementType = .float32) {
        self.shape = shape
        self.elementType = elementType
    }

    /// Elements in all.
    package var count: Int { shape.reduce(1, *) }

    /// Whether it can be computed with: fewer than 2³¹ elements, so that the products of two such sizes fit into an Int.
    package var isManageable: Bool {
        shape.count <= 64 && Tensor.count(shape.map { Int64($0) }).map { $0 < 1 << 31 } == true
            && shape.allSatisfy { $0 < 1 << 31 }
    }
}

/// Puts an ONNX model together: operators, constants, inputs and outputs.
package struct GraphWriter: Sendable {
    private(set) var proto = Onnx_GraphProto()

    package init() { proto.name = "camstream" }

    /// A graph that is complete.
    init(_ proto: Onnx_GraphProto) { self.proto = proto }

    package mutating func add(
        _ op: String, _ inputs: [String], _ outputs: [String], _ attributes: [NodeAttribute] = [], domain: String = ""
    ) {
        var node = Onnx_NodeProto()
        node.opType = op
        node.input = inputs
        node.output = outputs
        node.name = outputs.first { !$0.isEmpty } ?? ""
        node.attribute = attributes.map(\.proto)
        if !domain.isEmpty { node.domain = domain }
        add(node)
    }

    mutating func add(_ node: Onnx_NodeProto) { proto.node.append(node) }

    mutating func add(_ initialiser: Onnx_TensorProto) { proto.initializer.append(initialiser) }

    /// A constant of 32-bit floats, row-major.
    package mutating func constant(_ name: String, _ values: [Float], shape: [Int]) {
        constant(name, values, type: TensorType(shape: shape))
    }

    /// A constant of 64-bit integers, row-major.
    package mutating func constant(_ name: String, _ values: [Int], shape: [Int]) {
        constant(name, values.map { Int64($0) }, type: TensorType(shape: shape, elementType: .int64))
    }

    /// Raw data is little-endian, as are the machines that this program runs on.
    private mutating func constant<Element>(_ name: String, _ values: [Element], type: TensorType) {
        precondition(values.count == type.count)
        var tensor = Onnx_TensorProto()
        tensor.name = name
        tensor.dims = type.shape.map { Int64($0) }
        tensor.dataType = Int32(type.elementType.rawValue)
        tensor.rawData = values.withUnsafeBytes { Data($0) }
        add(tensor)
    }

    package mutating func input(_ name: String, _ type: TensorType) { proto.input.append(Self.info(name, type)) }

    /// Leaves the summed axis of lent matrices open: see `summedAxis`.
    mutating func openSummedAxes(ofLent lent: [String: TensorType]) {
        for index in proto.input.indices {
            let name = proto.input[index].name
            guard let type = lent[name] else { continue }
            proto.input[index] = Self.info(name, type, openAxis: proto.summedAxis(of: name))
        }
    }

    /// - Parameter type: nil: the engine infers it.
    package mutating func output(_ name: String, _ type: TensorType? = nil) {
        proto.output.append(Self.info(name, type))
    }

    /// - Parameter openAxis: an axis whose size is left open.
    static func info(_ name: String, _ type: TensorType?, openAxis: Int? = nil) -> Onnx_ValueInfoProto {
        var info = Onnx_ValueInfoProto()
        info.name = name
        guard let type else { return info }
        var tensor = Onnx_TypeProto.TensorTypeProto()
        tensor.elemType = Int32(type.elementType.rawValue)
        tensor.shape.dim = type.shape.enumerated().map { axis, size in
            var dim = Onnx_TensorShapeProto.Dimension()
            if axis == openAxis { dim.dimParam = "\(name)/\(axis)" } else { dim.dimValue = Int64(size) }
            return dim
        }
        info.type.tensorType = tensor
        return info
    }

    /// The model's file.
    ///
    /// - Parameter name: what to call the model in messages.
    package func serialized(operatorSet: Int, name: String) throws(ONNXError) -> Data {
        var standard = Onnx_OperatorSetIdProto()
        standard.domain = ""
        standard.version = Int64(operatorSet)
        var model = Onnx_ModelProto()
        model.irVersion = 8
        model.opsetImport = [standard]
        model.graph = proto
        do {
            return try model.serializedBytes()
        } catch {
            let weights = proto.initializer.reduce(0) { $0 + $1.rawData.count }
            throw ONNXError(file: name, problem: .tooLarge(bytes: weights))
        }
    }
}

/// An operator's setting.
package enum NodeAttribute: Sendable {
    case int(String, Int)
    case ints(String, [Int])
    case float(String, Float)
    case floats(String, [Float])
    case string(String, String)

    var proto: Onnx_AttributeProto {
        var attribute = Onnx_AttributeProto()
        // Types are the format's AttributeType numbers.
        switch self {
        case .int(let name, let value):
            (attribute.name, attribute.type, attribute.i) = (name, 2, Int64(value))
        case .ints(let name, let values):
            (attribute.name, attribute.type, attribute.ints) = (name, 7, values.map { Int64($0) })
        case .float(let name, let value):
            (attribute.name, attribute.type, attribute.f) = (name, 1, value)
        case .floats(let name, let values):
            (attribute.name, attribute.type, attribute.floats) = (name, 6, values)
        case .string(let name, let value):
            (attribute.name, attribute.type, attribute.s) = (name, 3, Data(value.utf8))
        }
        return attribute
    }
}
