import COpenVINO
import Glibc
import ONNX

/// The engine: its plugins and its cache. A process has one.
package final class Core: @unchecked Sendable {  // safe: the engine's core may be used from any thread
    private let handle: OpaquePointer

    private static let ofProcess = Result { () throws(OpenVINOError) in try Core() }

    /// - Throws: where the runtime's libraries are missing or broken.
    package static func shared() throws(OpenVINOError) -> Core { try ofProcess.get() }

    private init() throws(OpenVINOError) {
        handle = try OpenVINOError.make("ov_core_create") { ov_core_create($0) }
    }

    deinit { ov_core_free(handle) }

    /// The engine's version and build.
    static var version: String {
        var version = ov_version_t()
        guard ov_get_openvino_version(&version) == OK else { return "" }
        defer { ov_version_free(&version) }
        return version.buildNumber.map { String(cString: $0) } ?? ""
    }

    /// Devices that are there, in the engine's words. To look for them takes a tenth of a second.
    var devices: [String] {
        var found = ov_available_devices_t()
        guard ov_core_get_available_devices(handle, &found) == OK else { return [] }
        defer { ov_available_devices_free(&found) }
        return (0..<found.size).compactMap { found.devices[$0].map { String(cString: $0) } }
    }

    /// Whether there is a plugin for a kind of device, such as "GPU", or a way to combine devices, such as "AUTO".
    func knows(_ kind: String) -> Bool {
        var versions = ov_core_version_list_t()
        guard ov_core_get_versions_by_device_name(handle, kind, &versions) == OK else { return false }
        ov_core_versions_free(&versions)
        return true
    }

    /// One of a device's properties as text; nil where it has none of that name.
    func property(_ key: String, of device: String) -> String? {
        var value: UnsafeMutablePointer<CChar>?
        guard ov_core_get_property(handle, device, key, &value) == OK, let value else { return nil }
        defer { ov_free(value) }
        return String(cString: value)
    }

    /// Compiles a model.
    ///
    /// - Parameters:
    ///   - onnx: the model file's bytes, weights included.
    ///   - lent: inputs that are constants.
    ///   - input: how pictures come in; the engine converts and scales them as part of the model.
    ///   - properties: the engine's own keys and values.
    func compile(
        onnx: UnsafeRawBufferPointer, lending lent: [LentWeights] = [], input: PictureInput,
        on device: Device, properties: [String: String]
    ) throws(OpenVINOError) -> CompiledModel {
        let read = try read(onnx)
        defer { ov_model_free(read) }
        try input.reshape(read)
        let prepared = try input.addPreprocessing(to: read)
        defer { ov_model_free(prepared) }
        return CompiledModel(try compile(prepared, device, properties), lent: lent, picture: input.name)
    }

    /// Compiles a model that the engine reads from its own file.
    ///
    /// - Parameter path: of an OpenVINO IR (`.xml`), beside which its weights lie (`.bin`).
    func compile(
        ir path: String, input: PictureInput, on device: Device, properties: [String: String]
    ) throws(OpenVINOError) -> CompiledModel {
        let read = try read(ir: path)
        defer { ov_model_free(read) }
        try input.reshape(read)
        let prepared = try input.addPreprocessing(to: read)
        defer { ov_model_free(prepared) }
        return CompiledModel(try compile(prepared, device, properties), picture: input.name)
    }

    /// The inputs and outputs of a model in the engine's own format, those that have names.
    func interface(ir path: String) throws(OpenVINOError) -> (inputs: [StandInTensor], outputs: [StandInTensor]) {
        let read = try read(ir: path)
        defer { ov_model_free(read) }
        return (
            try ports(read, ov_model_inputs_size, ov_model_const_input_by_index),
            try ports(read, ov_model_outputs_size, ov_model_const_output_by_index)
        )
    }

    private func ports(
        _ model: OpaquePointer, _ size: (OpaquePointer?, UnsafeMutablePointer<Int>?) -> ov_status_e,
        _ port: (OpaquePointer?, Int, UnsafeMutablePointer<OpaquePointer?>?) -> ov_status_e
    ) throws(OpenVINOError) -> [StandInTensor] {
        var count = 0
        try OpenVINOError.check(size(model, &count), "ov_model_ports_size")
        var found: [StandInTensor] = []
        for index in 0..<count {
            let port = ConstPort(try OpenVINOError.make("ov_model_const_port_by_index") { port(model, index, $0) })
            guard let name = port.name else { continue }
            found.append(
                StandInTensor(name: name, elementType: try port.elementType(), shape: try port.partialShape()))
        }
        return found
    }

    private func read(ir path: String) throws(OpenVINOError) -> OpaquePointer {
        try OpenVINOError.make("ov_core_read_model") { ov_core_read_model(handle, path, nil, $0) }
    }

    /// Compiles a model whose inputs all have fixed shapes and go in as they are.
    func compile(
        onnx: UnsafeRawBufferPointer, lending lent: [LentWeights] = [], on device: Device,
        properties: [String: String]
    ) throws(OpenVINOError) -> CompiledModel {
        let read = try read(onnx)
        defer { ov_model_free(read) }
        return CompiledModel(try compile(read, device, properties), lent: lent)
    }

    /// Element types and shapes of a model's inputs and outputs. Nothing is compiled, which makes it cheap.
    ///
    /// - Parameters:
    ///   - input: the size that pictures have; nil: the model's own inputs have fixed shapes.
    ///   - tensors: names of the inputs and outputs that are asked for.
    /// - Returns: the types of those that have a fixed shape and a type that ONNX has, too.
    func types(
        onnx: UnsafeRawBufferPointer, input: PictureInput?, of tensors: [String]
    ) throws(OpenVINOError) -> [String: TensorType] {
        let read = try read(onnx)
        defer { ov_model_free(read) }
        try input?.reshape(read)
        var types: [String: TensorType] = [:]
        for tensor in tensors {
            var found: OpaquePointer?
            if ov_model_const_output_by_name(read, tensor, &found) != OK {
                try OpenVINOError.check(
                    ov_model_const_input_by_name(read, tensor, &found), "ov_model_const_input_by_name")
            }
            guard let found else { continue }
            let port = ConstPort(found)
            if let shape = try port.fixedShape(), let elementType = try port.elementType() {
                types[tensor] = TensorType(shape: shape, elementType: elementType)
            }
        }
        return types
    }

    /// - Returns: a model, to be freed by the caller.
    private func read(_ onnx: UnsafeRawBufferPointer) throws(OpenVINOError) -> OpaquePointer {
        try OpenVINOError.make("ov_core_read_model_from_memory_buffer") {
            ov_core_read_model_from_memory_buffer(
                handle, onnx.baseAddress?.assumingMemoryBound(to: CChar.self), onnx.count, nil, $0)
        }
    }

    private func compile(
        _ model: OpaquePointer, _ device: Device, _ properties: [String: String]
    ) throws(OpenVINOError) -> OpaquePointer {
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
                ov_core_compile_model_props(handle, model, device.name, $0.count, $0.baseAddress, made)
            }
        }
    }
}
