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
        var total: Float = 0
        for index in gradients.indices { total += abs(gradients[index] * activations[index]) }
        return total
    }
}
