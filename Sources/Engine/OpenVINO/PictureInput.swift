import COpenVINO
import ONNX

/// How a picture goes into a model: 8-bit `[1, height, width, channels]` from us; conversion, mean, scale and the
/// model's own layout are steps that the engine runs as part of the model.
package struct PictureInput: Sendable, Hashable {
    package var name: String
    package var height: Int
    package var width: Int
    /// 3 for colour, 1 for grey.
    package var channels: Int
    package var isChannelsFirst: Bool
    /// The model sees `(value - mean) / scale`; one of each a channel, for values 0...255.
    package var mean: [Float]
    package var scale: [Float]

    package init(
        name: String, height: Int, width: Int, channels: Int, isChannelsFirst: Bool, mean: [Float], scale: [Float]
    ) {
        (self.name, self.height, self.width, self.channels) = (name, height, width, channels)
        (self.isChannelsFirst, self.mean, self.scale) = (isChannelsFirst, mean, scale)
    }

    /// Fixes the model's input to one picture of this size.
    func reshape(_ model: OpaquePointer) throws(OpenVINOError) {
        let sizes = isChannelsFirst ? [1, channels, height, width] : [1, height, width, channels]
        let dimensions = sizes.map { Int64($0) }
        var shape = ov_partial_shape_t()
        try OpenVINOError.check(
            ov_partial_shape_create_static(4, dimensions, &shape), "ov_partial_shape_create_static")
        defer { ov_partial_shape_free(&shape) }
        try OpenVINOError.check(
            ov_model_reshape_input_by_name(model, name, shape), "ov_model_reshape_input_by_name")
    }

    /// - Returns: a new model, to be freed by the caller.
    func addPreprocessing(to model: OpaquePointer) throws(OpenVINOError) -> OpaquePointer {
        let build = try Scoped("ov_preprocess_prepostprocessor_create", ov_preprocess_prepostprocessor_free) {
            ov_preprocess_prepostprocessor_create(model, $0)
        }
        let info = try Scoped("ov_preprocess_prepostprocessor_get_input_info", ov_preprocess_input_info_free) {
            ov_preprocess_prepostprocessor_get_input_info_by_name(build.handle, name, $0)
        }
        try describePicture(info.handle)
        try addSteps(info.handle)
        try describeModel(info.handle)
        try makeOutputsFloat(of: model, build.handle)
        return try OpenVINOError.make("ov_preprocess_prepostprocessor_build") {
            ov_preprocess_prepostprocessor_build(build.handle, $0)
        }
    }

    private func describePicture(_ info: OpaquePointer) throws(OpenVINOError) {
        let tensor = try Scoped("ov_preprocess_input_info_get_tensor_info", ov_preprocess_input_tensor_info_free) {
            ov_preprocess_input_info_get_tensor_info(info, $0)
        }
        try OpenVINOError.check(
            ov_preprocess_input_tensor_info_set_element_type(tensor.handle, U8), "set_element_type")
        let layout = try Self.layout("NHWC")
        try OpenVINOError.check(
            ov_preprocess_input_tensor_info_set_layout(tensor.handle, layout.handle), "set_layout")
    }

    private func addSteps(_ info: OpaquePointer) throws(OpenVINOError) {
        let steps = try Scoped("ov_preprocess_input_info_get_preprocess_steps", ov_preprocess_preprocess_steps_free) {
            ov_preprocess_input_info_get_preprocess_steps(info, $0)
        }
        try OpenVINOError.check(
            ov_preprocess_preprocess_steps_convert_element_type(steps.handle, F32), "convert_element_type")
        if mean.contains(where: { $0 != 0 }) {
            try OpenVINOError.check(
                ov_preprocess_preprocess_steps_mean_multi_channels(steps.handle, mean, Int32(channels)), "mean")
        }
        if scale.contains(where: { $0 != 1 }) {
            try OpenVINOError.check(
                ov_preprocess_preprocess_steps_scale_multi_channels(steps.handle, scale, Int32(channels)), "scale")
        }
    }

    private func describeModel(_ info: OpaquePointer) throws(OpenVINOError) {
        let model = try Scoped("ov_preprocess_input_info_get_model_info", ov_preprocess_input_model_info_free) {
            ov_preprocess_input_info_get_model_info(info, $0)
        }
        let layout = try Self.layout(isChannelsFirst ? "NCHW" : "NHWC")
        try OpenVINOError.check(
            ov_preprocess_input_model_info_set_layout(model.handle, layout.handle), "model_info_set_layout")
    }

    private func makeOutputsFloat(of model: OpaquePointer, _ build: OpaquePointer) throws(OpenVINOError) {
        var count = 0
        try OpenVINOError.check(ov_model_outputs_size(model, &count), "ov_model_outputs_size")
        for index in 0..<count {
            let port = ConstPort(
                try OpenVINOError.make("ov_model_const_output_by_index") {
                    ov_model_const_output_by_index(model, index, $0)
                })
            // Positions and labels stay whole numbers: a float cannot hold each of them.
            guard try port.elementType()?.isFloat == true else { continue }
            let info = try Scoped("ov_preprocess_prepostprocessor_get_output_info", ov_preprocess_output_info_free) {
                ov_preprocess_prepostprocessor_get_output_info_by_index(build, index, $0)
            }
            let tensor = try Scoped("ov_preprocess_output_info_get_tensor_info", ov_preprocess_output_tensor_info_free)
            { ov_preprocess_output_info_get_tensor_info(info.handle, $0) }
            try OpenVINOError.check(ov_preprocess_output_set_element_type(tensor.handle, F32), "set_element_type")
        }
    }

    private static func layout(_ text: String) throws(OpenVINOError) -> Scoped {
        try Scoped("ov_layout_create", ov_layout_free) { ov_layout_create(text, $0) }
    }
}

/// A handle that is needed only while something is built.
private struct Scoped: ~Copyable {
    let handle: OpaquePointer
    private let free: (OpaquePointer?) -> Void

    init(
        _ function: String, _ free: @escaping (OpaquePointer?) -> Void,
        _ make: (UnsafeMutablePointer<OpaquePointer?>) -> ov_status_e
    ) throws(OpenVINOError) {
        handle = try OpenVINOError.make(function, make)
        self.free = free
    }

    deinit { free(handle) }
}
