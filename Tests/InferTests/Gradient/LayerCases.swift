import ONNX

/// Operators with weights or windows.
extension RuleCase {
    static let normalisations: [RuleCase] = [
        RuleCase("BatchNormalization", [[2, 3, 2, 2]]) { graph in
            graph.constant("scale", [1, -0.5, 2], shape: [3])
            graph.constant("bias", [0.1, 0.2, 0.3], shape: [3])
            graph.constant("mean", [-1, 0.5, 1], shape: [3])
            graph.constant("variance", [0.5, 1, 3], shape: [3])
            graph.add(
                "BatchNormalization", ["x0", "scale", "bias", "mean", "variance"], ["y"], [.float("epsilon", 0.01)])
        },
        RuleCase("BatchNormalization of a vector", [[2, 3]]) { graph in
            for name in ["scale", "bias", "mean", "variance"] { graph.constant(name, [1, 0.5, 2], shape: [3]) }
            graph.add("BatchNormalization", ["x0", "scale", "bias", "mean", "variance"], ["y"])
        },
        RuleCase("LayerNormalization", [[2, 3, 4]]) { graph in
            graph.constant("scale", [1, -0.5, 2, 0.25], shape: [4])
            graph.constant("bias", [0.1, 0.2, 0.3, 0.4], shape: [4])
            graph.add("LayerNormalization", ["x0", "scale", "bias"], ["y"])
        },
        RuleCase("LayerNormalization over two axes", [[2, 3, 2]]) { graph in
            graph.constant("scale", [1, -0.5, 2, 0.25, 1.5, 3], shape: [3, 2])
            graph.add("LayerNormalization", ["x0", "scale"], ["y"], [.int("axis", 1), .float("epsilon", 0.1)])
        },
        RuleCase("InstanceNormalization", [[2, 2, 2, 3]]) { graph in
            graph.constant("scale", [1, -0.5], shape: [2])
            graph.constant("bias", [0.1, 0.2], shape: [2])
            graph.add("InstanceNormalization", ["x0", "scale", "bias"], ["y"])
        },
        RuleCase("GroupNormalization", [[2, 4, 2, 1]]) { graph in
            graph.constant("scale", [1, -0.5], shape: [2])
            graph.constant("bias", [0.1, 0.2], shape: [2])
            graph.add("GroupNormalization", ["x0", "scale", "bias"], ["y"], [.int("num_groups", 2)])
        },
        RuleCase("GroupNormalization of operator set 21", [[1, 4, 2, 2]], operatorSet: 21) { graph in
            graph.constant("scale", [1, -0.5, 2, 3], shape: [4])
            graph.constant("bias", [0, 0.1, 0.2, 0.3], shape: [4])
            graph.add("GroupNormalization", ["x0", "scale", "bias"], ["y"], [.int("num_groups", 2)])
        },
        plain("LRN", [[1, 5, 2, 2]], [.int("size", 3), .float("alpha", 0.5), .float("bias", 2)]),
        plain("LpNormalization", [[2, 5]], [.int("axis", 1)]),
    ]

    static let convolutions: [RuleCase] = [
        conv("Conv", [1, 2, 5, 4], weights: [3, 2, 3, 3], [.ints("pads", [1, 1, 1, 1])]),
        conv("Conv 1×1", [2, 3, 2, 2], weights: [2, 3, 1, 1]),
        conv("Conv strided", [1, 2, 6, 5], weights: [2, 2, 3, 2], [.ints("strides", [2, 3])]),
        conv("Conv that leaves a rest", [1, 1, 7, 8], weights: [1, 1, 2, 2], [.ints("strides", [3, 3])]),
        conv(
            "Conv dilated", [1, 1, 7, 6], weights: [2, 1, 2, 2],
            [.ints("dilations", [2, 3]), .ints("pads", [1, 0, 2, 1])]),
        conv("Conv in groups", [1, 4, 3, 3], weights: [6, 2, 2, 2], [.int("group", 2)]),
        conv(
            "Conv depthwise", [1, 3, 5, 5], weights: [3, 1, 3, 3],
            [.int("group", 3), .ints("pads", [1, 1, 1, 1]), .ints("strides", [2, 2])]),
        conv("Conv 1-D", [1, 2, 7], weights: [2, 2, 3], [.ints("strides", [2]), .ints("pads", [1, 1])]),
        conv("Conv SAME_UPPER", [1, 1, 5, 6], weights: [1, 1, 2, 3], [.string("auto_pad", "SAME_UPPER")]),
        conv(
            "Conv SAME_LOWER", [1, 1, 5, 6], weights: [1, 1, 2, 4],
            [.string("auto_pad", "SAME_LOWER"), .ints("strides", [2, 2])]),
        conv("ConvTranspose", [1, 2, 3, 3], weights: [2, 3, 2, 2], [.ints("strides", [2, 2])]),
        conv(
            "ConvTranspose padded", [1, 2, 3, 2], weights: [2, 2, 3, 3],
            [.ints("strides", [2, 2]), .ints("pads", [1, 1, 1, 1]), .ints("output_padding", [1, 1])]),
        conv(
            "ConvTranspose in groups", [1, 4, 2, 2], weights: [4, 1, 2, 2], [.int("group", 2)]),
    ]

    private static func conv(
        _ name: String, _ shape: [Int], weights: [Int], _ attributes: [NodeAttribute] = []
    ) -> RuleCase {
        RuleCase(name, [shape]) { graph in
            let values = testNumbers(weights.reduce(1, *), seed: 3)
            graph.constant("weights", values, shape: weights)
            let op = name.hasPrefix("ConvTranspose") ? "ConvTranspose" : "Conv"
            graph.add(op, ["x0", "weights"], ["y"], attributes)
        }
    }

    static let poolings: [RuleCase] = [
        plain("GlobalAveragePool", [[2, 2, 2, 3]]),
        plain("GlobalMaxPool", [[2, 2, 2, 3]]),
        plain("MaxPool", [[1, 2, 4, 4]], [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2])]),
        plain(
            "MaxPool", [[2, 2, 5, 5]],
            [.ints("kernel_shape", [3, 3]), .ints("strides", [2, 2]), .ints("pads", [1, 1, 1, 1])],
            named: "MaxPool overlapping"),
        plain(
            "MaxPool", [[1, 1, 6, 6]],
            [.ints("kernel_shape", [3, 3]), .ints("strides", [2, 2]), .int("ceil_mode", 1)],
            named: "MaxPool over the edge"),
        plain("AveragePool", [[1, 2, 4, 4]], [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2])]),
        plain(
            "AveragePool", [[1, 2, 5, 5]],
            [.ints("kernel_shape", [3, 3]), .ints("strides", [2, 2]), .ints("pads", [1, 1, 1, 1])],
            named: "AveragePool padded"),
        plain(
            "AveragePool", [[1, 2, 5, 4]],
            [.ints("kernel_shape", [3, 3]), .ints("pads", [1, 1, 1, 1]), .int("count_include_pad", 1)],
            named: "AveragePool that counts its padding"),
        plain(
            "AveragePool", [[1, 1, 6, 6]],
            [.ints("kernel_shape", [3, 3]), .ints("strides", [2, 2]), .int("ceil_mode", 1)],
            named: "AveragePool over the edge"),
        plain(
            "AveragePool", [[1, 2, 7]], [.ints("kernel_shape", [3]), .ints("strides", [2])], named: "AveragePool 1-D"),
    ]
}
