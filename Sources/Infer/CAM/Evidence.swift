/// What a method makes its map of, for one picture, one layer and one target.
struct Evidence {
    /// A, Float `[channels, height, width]`.
    let activations: UnsafeBufferPointer<Float>
    /// G = dy/dA with y the target, such as a class's score before any softmax, Float of the same shape; empty for methods that do
    /// without.
    let gradients: UnsafeBufferPointer<Float>
    let channels: Int
    let height: Int
    let width: Int
    /// The target's map in the frame before, Float `[height, width]`; nil: there is none.
    var previous: [Float]?

    /// Places in a map.
    var area: Int { height * width }

    /// One channel of the activations, Float `[height * width]`.
    func activations(ofChannel channel: Int) -> Slice<UnsafeBufferPointer<Float>> {
        activations[channel * area..<(channel + 1) * area]
    }

    /// One channel of the gradients, Float `[height * width]`.
    func gradients(ofChannel channel: Int) -> Slice<UnsafeBufferPointer<Float>> {
        gradients[channel * area..<(channel + 1) * area]
    }
}
