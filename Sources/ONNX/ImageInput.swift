/// The one input of a classifier of pictures.
package struct ImageInput: Sendable, Equatable {
    package let name: String
    package let elementType: ElementType
    package let layout: TensorLayout
    /// Nil if every size is taken.
    package let height: Int?
    package let width: Int?
    /// 3, or 1 for grey.
    package let channels: Int
    /// Nil if every number of pictures is taken.
    package let batch: Int?
}

extension Graph {
    /// Describes the picture that the model takes.
    ///
    /// - Parameter layout: where the channels are, if the user knows; else it is read off the shape.
    /// - Throws: `.noInput`, `.severalInputs`, `.notAnImageInput`.
    package func imageInput(layout given: TensorLayout? = nil) throws(ONNXError) -> ImageInput {
        guard let input = inputs.first else { throw ONNXError(file: file, problem: .noInput) }
        guard inputs.count == 1 else { throw ONNXError(file: file, problem: .severalInputs(inputs.map(\.name))) }
        func fail(_ reason: String) -> ONNXError {
            ONNXError(file: file, problem: .notAnImageInput(input.name, reason: reason))
        }
        guard input.isTensor else { throw fail("is a sequence or map, not a tensor") }
        let elementType = input.elementType ?? .float32
        guard elementType.isFloat || elementType == .uint8 else { throw fail("takes \(elementType) numbers") }
        let shape = input.shape ?? [.unknown, .unknown, .unknown, .unknown]
        guard shape.count == 4 else { throw fail("has the shape \(shape)") }
        let layout = given ?? self.layout(of: input.name, shape)
        let positions =
            layout == .channelsFirst ? (channels: 1, height: 2, width: 3) : (channels: 3, height: 1, width: 2)
        let channels = shape[positions.channels].size ?? firstConvolution(of: input.name)?.channels ?? 3
        guard channels == 3 || channels == 1 else {
            throw fail("has \(channels) channels (shape \(shape), \(layout.rawValue))")
        }
        return ImageInput(
            name: input.name, elementType: elementType, layout: layout, height: shape[positions.height].size,
            width: shape[positions.width].size, channels: channels, batch: shape[0].size)
    }

    /// Channels are where the shape says 3, or else 1; a shape that says nothing is as the first operators take it.
    private func layout(of input: String, _ shape: [ValueInfo.Dimension]) -> TensorLayout {
        for channels in [3, 1] {
            if shape[1].size == channels { return .channelsFirst }
            if shape[3].size == channels { return .channelsLast }
        }
        return firstConvolution(of: input)?.layout ?? .channelsFirst
    }

    /// How the input reaches the first convolution: straight, or turned from channels last.
    private func firstConvolution(of input: String) -> (layout: TensorLayout, channels: Int?)? {
        var (tensor, layout) = (input, TensorLayout.channelsFirst)
        // An acyclic graph ends, and pictures are normalised in a few steps.
        while let node = consumers(of: tensor).first, let output = node.outputs.first {
            if node.op == "Conv" {
                let kernel = node.input(1).flatMap { initialiser($0)?.shape }
                return (layout, kernel.flatMap { $0.count == 4 ? $0[1] &* (node.int("group") ?? 1) : nil })
            }
            switch node.op {
            case "Transpose" where node.ints("perm") == [0, 3, 1, 2]: layout = .channelsLast
            case "Identity", "Cast", "Sub", "Add", "Mul", "Div", "Clip", "BatchNormalization", "Pad": break
            default: return nil
            }
            tensor = output
        }
        return nil
    }
}
