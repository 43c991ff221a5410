/// Where a tensor of pictures has its channels.
package enum TensorLayout: String, Sendable, Equatable {
    /// [N, C, H, W]
    case channelsFirst = "NCHW"
    /// [N, H, W, C]
    case channelsLast = "NHWC"
}

/// Global average pooling, whatever the operator that does it.
struct Pooling: Equatable {
    /// The pooled tensor: the feature map.
    let input: String
    let layout: TensorLayout
    /// Size that the map must have for the pooling to be global; nil if it is so for every size.
    let window: [Int]?

    enum Recognition: Equatable {
        case pooling(Pooling)
        /// An averaging operator that does not average the whole map.
        case notGlobal(reason: String)
        case other
    }
}

extension Graph {
    /// Tells whether a node is global average pooling: GlobalAveragePool, ReduceMean over the two spatial axes, or
    /// AveragePool with a window as large as the map.
    func pooling(of node: Node) -> Pooling.Recognition {
        guard let input = node.input(0) else { return .other }
        switch node.op {
        case "GlobalAveragePool":
            return .pooling(Pooling(input: input, layout: .channelsFirst, window: nil))
        case "ReduceMean":
            return reduction(node, input)
        case "AveragePool":
            return window(node, input)
        default:
            return .other
        }
    }

    private func reduction(_ node: Node, _ input: String) -> Pooling.Recognition {
        // An attribute up to operator set 17, an input from 18 on. Negative axes count from the end of [N, ., ., .].
        guard let axes = node.ints("axes") ?? node.input(1).flatMap({ integers($0) }) else {
            return .notGlobal(reason: "ReduceMean over axes that are not constant")
        }
        let rank = info(of: input)?.shape?.count ?? 4
        let spatial = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
        guard rank == 4, axes.count == 2, spatial == [2, 3] || spatial == [1, 2] else {
            return .notGlobal(reason: "ReduceMean over axes \(axes) is not over height and width")
        }
        let layout: TensorLayout = spatial == [2, 3] ? .channelsFirst : .channelsLast
        return .pooling(Pooling(input: input, layout: layout, window: nil))
    }

    private func window(_ node: Node, _ input: String) -> Pooling.Recognition {
        guard let kernel = node.ints("kernel_shape"), kernel.count == 2, kernel.allSatisfy({ $0 > 0 }) else {
            return .notGlobal(reason: "AveragePool without a window [height, width]")
        }
        let size = "\(kernel[0])×\(kernel[1])"
        // A padded or dilated window either averages zeros in or leaves pixels out.
        guard ["NOTSET", "VALID"].contains(node.string("auto_pad") ?? "NOTSET"),
            node.ints("pads")?.allSatisfy({ $0 == 0 }) ?? true,
            node.ints("dilations")?.allSatisfy({ $0 == 1 }) ?? true
        else { return .notGlobal(reason: "AveragePool \(size) is padded or dilated") }
        if let shape = info(of: input)?.shape, shape.count == 4 {
            for (dim, length) in zip(shape[2...], kernel) where dim.size ?? length != length {
                return .notGlobal(reason: "AveragePool \(size) of a map of \(shape[2])×\(shape[3])")
            }
        }
        return .pooling(Pooling(input: input, layout: .channelsFirst, window: kernel))
    }
}
