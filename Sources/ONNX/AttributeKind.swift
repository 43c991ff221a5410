/// What kind of value an attribute has; raw values are the format's AttributeType numbers.
enum AttributeKind: Int32, CustomStringConvertible {
    case float = 1
    case int, string, tensor, graph, floats, ints, strings, tensors, graphs, sparseTensor, sparseTensors, type, types

    var description: String {
        switch self {
        case .float: "a number"
        case .int: "a whole number"
        case .string: "a text"
        case .floats: "a list of numbers"
        case .ints: "a list of whole numbers"
        case .strings: "a list of texts"
        case .tensor: "a tensor"
        case .graph: "a graph"
        case .tensors, .graphs, .sparseTensor, .sparseTensors, .type, .types: "of another kind"
        }
    }

    /// Of the standard operators' attributes. A name stands for the same kind in all operators and operator sets, except
    /// for `p`, `seed`, `to` and `value`, which are not here. Source: the operators' schemas in onnx 1.21.
    static let standard: [String: AttributeKind] = [
        (
            AttributeKind.int,
            "align_corners allowzero antialias axis batch_axis batch_dims block_size blocksize broadcast"
        ),
        (
            .int,
            "ceil_mode count_include_pad dtype end exclude_outside exclusive fmod group is_causal is_test k keepdims"
        ),
        (.int, "largest new_axis noop_with_empty_axes num_groups num_outputs reverse select_last_index size sorted"),
        (.int, "spatial start storage_order time_axis training_mode transA transB upper value_int"),
        (
            .ints,
            "axes consumed_inputs dilations ends kernel_shape output_padding output_shape paddings pads perm shape"
        ),
        (.ints, "split starts strides value_ints"),
        (.float, "alpha beta bias cubic_coeff_a epsilon extrapolation_value gamma height_scale lambd max min momentum"),
        (.float, "ratio scale value_float width_scale"),
        (.floats, "scales value_floats"),
        (
            .string,
            "approximate auto_pad coordinate_transformation_mode direction equation keep_aspect_ratio_policy mode"
        ),
        (.string, "nearest_mode reduction value_string"),
    ].reduce(into: [:]) { all, some in
        for name in some.1.split(separator: " ") { all[String(name)] = some.0 }
    }
}

extension Node {
    /// The first attribute of a standard operator that is of another kind than the operator's, if there is one. The
    /// oldest files say no kinds.
    var attributeOfWrongKind: (name: String, is: AttributeKind, wanted: AttributeKind)? {
        guard ["", "ai.onnx"].contains(proto.domain) else { return nil }
        for attribute in proto.attribute where attribute.type != 0 {
            guard let wanted = AttributeKind.standard[attribute.name], wanted.rawValue != attribute.type else {
                continue
            }
            let found = AttributeKind(rawValue: attribute.type) ?? .types
            // One number counts as a list of one.
            if wanted == .ints, found == .int { continue }
            return (attribute.name, found, wanted)
        }
        return nil
    }
}
