/// What a gradient method makes its map of, for one picture and one class.
struct Evidence {
    /// A, Float `[channels, height, width]`.
    let activations: UnsafeBufferPointer<Float>
    /// G = dy_c/dA with y_c the class's score before any softmax, Float of the same shape.
    let gradients: UnsafeBufferPointer<Float>
    let channels: Int
    let height: Int
    let width: Int

    /// Places in a map.
    var area: Int { height * width }
}

/// A way to make a class's map of activations and gradients. Methods neither clip nor scale: that is done for all of them
/// in one place.
protocol GradientMethod: Sendable {
    /// As written in settings.
    static var name: String { get }

    /// - Parameter map: Float `[height, width]`, overwritten.
    func map(_ evidence: Evidence, into map: inout [Float])
}
