/// What a graph says of one of its tensors.
package struct ValueInfo: Sendable, Equatable {
    package let name: String
    /// Nil if it is not said, no tensor, or a type that is newer than this program.
    package let elementType: ElementType?
    /// Nil if not even the rank is said.
    package let shape: [Dimension]?
    /// False for sequences, maps and optional values.
    package let isTensor: Bool

    package enum Dimension: Sendable, Equatable, CustomStringConvertible {
        case size(Int)
        case symbol(String)
        case unknown

        /// The number, if it is one.
        package var size: Int? {
            guard case .size(let size) = self else { return nil }
            return size
        }

        package var description: String {
            switch self {
            case .size(let size): "\(size)"
            case .symbol(let name): name
            case .unknown: "?"
            }
        }
    }

    init(_ proto: Onnx_ValueInfoProto) {
        name = proto.name
        isTensor = proto.type.hasTensorType || !proto.hasType
        elementType = ElementType(rawValue: Int(proto.type.tensorType.elemType))
        let tensor = proto.type.tensorType
        shape =
            tensor.hasShape
            ? tensor.shape.dim.map { dim in
                switch dim.value {
                // Some writers mean "any" by 0 or -1.
                case .dimValue(let size): size > 0 ? .size(Int(size)) : .unknown
                case .dimParam(let name): name.isEmpty ? .unknown : .symbol(name)
                case nil: .unknown
                }
            } : nil
    }
}
