import COpenVINO
import ONNX

/// An input or output of a model, to be asked for its type. Sole owner of its `ov_output_const_port_t`.
struct ConstPort: ~Copyable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { ov_output_const_port_free(handle) }

    /// - Throws: if the shape is not fixed.
    func shape() throws(OpenVINOError) -> [Int] {
        var shape = ov_shape_t()
        try OpenVINOError.check(ov_const_port_get_shape(handle, &shape), "ov_const_port_get_shape")
        defer { ov_shape_free(&shape) }
        return (0..<Int(shape.rank)).map { Int(shape.dims[$0]) }
    }

    /// Nil if it depends on the input's.
    func fixedShape() throws(OpenVINOError) -> [Int]? {
        var partial = ov_partial_shape_t()
        try OpenVINOError.check(ov_port_get_partial_shape(handle, &partial), "ov_port_get_partial_shape")
        defer { ov_partial_shape_free(&partial) }
        // Without the library's own question, which calls tensors of rank 0 dynamic.
        guard partial.rank.min == partial.rank.max else { return nil }
        let isFixed = (0..<Int(partial.rank.max)).allSatisfy { partial.dims[$0].min == partial.dims[$0].max }
        return isFixed ? try shape() : nil
    }

    /// Nil if it has none.
    var name: String? {
        var name: UnsafeMutablePointer<CChar>?
        guard ov_port_get_any_name(handle, &name) == OK, let name else { return nil }
        defer { ov_free(name) }
        return String(cString: name)
    }

    /// Sizes that depend on the input's are nil; nil if the rank does.
    func partialShape() throws(OpenVINOError) -> [Int?]? {
        var partial = ov_partial_shape_t()
        try OpenVINOError.check(ov_port_get_partial_shape(handle, &partial), "ov_port_get_partial_shape")
        defer { ov_partial_shape_free(&partial) }
        guard partial.rank.min == partial.rank.max else { return nil }
        return (0..<Int(partial.rank.max)).map { axis in
            let (least, most) = (partial.dims[axis].min, partial.dims[axis].max)
            return least == most ? Int(least) : nil
        }
    }

    /// Nil for types that ONNX does not have.
    func elementType() throws(OpenVINOError) -> ElementType? {
        var type = ov_element_type_e(0)
        try OpenVINOError.check(ov_port_get_element_type(handle, &type), "ov_port_get_element_type")
        return switch type {
        case F32: .float32
        case F16: .float16
        case BF16: .bfloat16
        case F64: .float64
        case ov_element_type_e(1): .bool  // BOOLEAN, a name that does not reach Swift
        case I8: .int8
        case I16: .int16
        case I32: .int32
        case I64: .int64
        case U8: .uint8
        case U16: .uint16
        case U32: .uint32
        case U64: .uint64
        default: nil
        }
    }
}
