import ONNX

/// A gradient that methods need: each is a backward graph of its own.
enum GradientKind: Hashable {
    /// With respect to the layers.
    case layers
    /// With respect to the picture.
    case input
    /// The same with guided rectifiers.
    case guidedInput
    /// With respect to the picture, then to each tensor that a bias is added to.
    case biases
    /// Of second order, with respect to one layer.
    case hessian(layer: Int)

    /// - Parameter layers: how many layers are mapped.
    static func all(_ needs: MethodNeeds, layers: Int) -> [GradientKind] {
        ([.layers, .input, .guidedInput, .biases] + (0..<layers).map { .hessian(layer: $0) })
            .filter { needs.contains($0.need) }
    }

    private var need: MethodNeeds {
        switch self {
        case .layers: .gradients
        case .input: .inputGradients
        case .guidedInput: .guidedGradients
        case .biases: .biasGradients
        case .hessian: .hessian
        }
    }
}
