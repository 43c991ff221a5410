/// What a gradient does where it comes back to a rectifier: a ReLU, or a Clip from 0 (ReLU6).
package enum Rectifier: Sendable {
    /// It passes where the input was positive.
    case plain
    /// It passes where the input was positive and the gradient is, too: guided backpropagation. Springenberg et al. 2014,
    /// arXiv:1412.6806, sec. 3.4.
    case guided

    func passed(_ gradient: Value) -> Value {
        switch self {
        case .plain: gradient
        case .guided: gradient.unary("Relu")
        }
    }
}
