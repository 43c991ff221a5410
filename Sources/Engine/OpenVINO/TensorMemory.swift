import COpenVINO
import Foundation
import ONNX

/// A view of a request's memory. Sole owner of its `ov_tensor_t`, not of the memory.
package struct TensorMemory: ~Copyable {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    /// Weights where they lie, to be read only. They must outlive it.
    init(of weights: LentWeights) throws(OpenVINOError) {
        var shape = ov_shape_t()
        let sizes = weights.type.shape.map { Int64($0) }
        try OpenVINOError.check(ov_shape_create(Int64(sizes.count), sizes, &shape), "ov_shape_create")
        defer { ov_shape_free(&shape) }
        let address = weights.bytes.withUnsafeBytes { UnsafeMutableRawPointer(mutating: $0.baseAddress) }
        self.init(
            try OpenVINOError.make("ov_tensor_create_from_host_ptr") {
                ov_tensor_create_from_host_ptr(F32, shape, address, $0)
            })
    }

    /// Floats where they lie, for an input that a request is given. They must outlive it, and stay where they are.
    package init(lending memory: UnsafeMutableBufferPointer<Float>, shape: [Int]) throws(OpenVINOError) {
        precondition(memory.count == shape.reduce(1, *))
        var sizes = ov_shape_t()
        let given = shape.map { Int64($0) }
        try OpenVINOError.check(ov_shape_create(Int64(given.count), given, &sizes), "ov_shape_create")
        defer { ov_shape_free(&sizes) }
        self.init(
            try OpenVINOError.make("ov_tensor_create_from_host_ptr") {
                ov_tensor_create_from_host_ptr(F32, sizes, memory.baseAddress, $0)
            })
    }

    deinit { ov_tensor_free(handle) }

    /// The elements as they lie in memory, row-major. Valid while the request lives.
    package func bytes() throws(OpenVINOError) -> UnsafeMutableRawBufferPointer {
        var start: UnsafeMutableRawPointer?
        try OpenVINOError.check(ov_tensor_data(handle, &start), "ov_tensor_data")
        var count = 0
        try OpenVINOError.check(ov_tensor_get_byte_size(handle, &count), "ov_tensor_get_byte_size")
        return UnsafeMutableRawBufferPointer(start: start, count: count)
    }

    /// The elements of a tensor of 32-bit floats.
    package func floats() throws(OpenVINOError) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(try bytes().bindMemory(to: Float.self))
    }
}
