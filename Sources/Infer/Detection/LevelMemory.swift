import Engine
import ONNX
import Pipeline

/// A level's activations in a forward request, and what methods are given of it.
final class LevelMemory {
    private let layer: Layer
    private let owner: TensorMemory
    private let tensor: UnsafeBufferPointer<Float>
    /// Where the model has the channels last: turned copies.
    private let copies: (activations: PlanarCopy, gradients: PlanarCopy)?
    private var isTurned = false

    init(_ layer: Layer, _ forward: borrowing InferRequest) throws(OpenVINOError) {
        self.layer = layer
        owner = try forward.outputTensor(layer.tensor)
        tensor = try owner.floats()
        copies = layer.layout == .channelsFirst ? nil : (PlanarCopy(layer), PlanarCopy(layer))
    }

    /// A new picture comes.
    func forget() { isTurned = false }

    /// - Parameter gradient: as the model lays it out; nil: the method does without. The evidence is valid until the next
    ///   one.
    func evidence(_ gradient: UnsafeBufferPointer<Float>?) -> Evidence {
        if let copies, !isTurned { copies.activations.fill(from: tensor) }
        isTurned = true
        let gradients = gradient.map { copies?.gradients.filled(from: $0) ?? $0 }
        return Evidence(
            activations: copies?.activations.values ?? tensor,
            gradients: gradients ?? UnsafeBufferPointer(start: nil, count: 0), channels: layer.channels,
            height: layer.height, width: layer.width)
    }
}

extension Evidence {
    /// Σ |G ⊙ A|: how much of the score flows through the level.
    var flow: Float {
        precondition(gradients.count == activations.count)
        // Eight sums side by side, which the processor computes at once.
        var sums = SIMD8<Float>.zero
        let whole = gradients.count / 8 * 8
        for index in stride(from: 0, to: whole, by: 8) {
            let product = gradients.eight(from: index) * activations.eight(from: index)
            sums += product.replacing(with: -product, where: product .< 0)
        }
        return (whole..<gradients.count).reduce(sums.sum()) { $0 + abs(gradients[$1] * activations[$1]) }
    }
}

extension UnsafeBufferPointer<Float> {
    fileprivate func eight(from index: Int) -> SIMD8<Float> {
        UnsafeRawPointer(baseAddress! + index).loadUnaligned(as: SIMD8<Float>.self)
    }
}
