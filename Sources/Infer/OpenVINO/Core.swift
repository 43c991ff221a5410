import COpenVINO
import Glibc

/// The engine: its plugins and its cache. One for each process is enough.
final class Core: @unchecked Sendable {  // safe: the engine's core may be used from any thread
    fileprivate let handle: OpaquePointer

    init() throws(OpenVINOError) {
        handle = try OpenVINOError.make("ov_core_create") { ov_core_create($0) }
    }

    deinit { ov_core_free(handle) }

    /// Compiles a model for the CPU.
    ///
    /// - Parameters:
    ///   - onnx: the model file's bytes, weights included.
    ///   - input: how pictures come in; the engine converts and scales them as part of the model.
    ///   - properties: the engine's own keys and values.
    func compile(
        onnx: UnsafeRawBufferPointer, input: PictureInput, properties: [String: String]
    ) throws(OpenVINOError) -> CompiledModel {
        let read = try OpenVINOError.make("ov_core_read_model_from_memory_buffer") {
            ov_core_read_model_from_memory_buffer(
                handle, onnx.baseAddress?.assumingMemoryBound(to: CChar.self), onnx.count, nil, $0)
        }
        defer { ov_model_free(read) }
        try input.reshape(read)
        let prepared = try input.addPreprocessing(to: read)
        defer { ov_model_free(prepared) }
        return CompiledModel(try compile(prepared, properties))
    }

    private func compile(_ model: OpaquePointer, _ properties: [String: String]) throws(OpenVINOError) -> OpaquePointer
    {
        // The C structure borrows its strings: keep them until the call returns.
        let strings = properties.map { (strdup($0.key)!, strdup($0.value)!) }
        defer {
            for (key, value) in strings {
                free(key)
                free(value)
            }
        }
        let list = strings.map { ov_property_t(key: $0.0, value: UnsafeRawPointer($0.1)) }
        return try OpenVINOError.make("ov_core_compile_model_props") { made in
            list.withUnsafeBufferPointer {
                ov_core_compile_model_props(handle, model, "CPU", $0.count, $0.baseAddress, made)
            }
        }
    }
}
