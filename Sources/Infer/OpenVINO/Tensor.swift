import COpenVINO

/// A view of a request's memory. Sole owner of its `ov_tensor_t`, not of the memory.
struct Tensor: ~Copyable {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { ov_tensor_free(handle) }

    /// The elements as they lie in memory, row-major. Valid while the request lives.
    func bytes() throws(OpenVINOError) -> UnsafeMutableRawBufferPointer {
        var start: UnsafeMutableRawPointer?
        try OpenVINOError.check(ov_tensor_data(handle, &start), "ov_tensor_data")
        var count = 0
        try OpenVINOError.check(ov_tensor_get_byte_size(handle, &count), "ov_tensor_get_byte_size")
        return UnsafeMutableRawBufferPointer(start: start, count: count)
    }

    /// The elements of a tensor of 32-bit floats.
    func floats() throws(OpenVINOError) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(try bytes().bindMemory(to: Float.self))
    }
}
