import ONNX

/// A layer's values turned to Float `[channels, height, width]`.
final class PlanarCopy {
    let values: UnsafeBufferPointer<Float>
    private let memory: UnsafeMutableBufferPointer<Float>
    private let layer: Layer

    init(_ layer: Layer) {
        self.layer = layer
        memory = .allocate(capacity: layer.channels * layer.area)
        memory.initialize(repeating: 0)
        values = UnsafeBufferPointer(memory)
    }

    deinit { memory.deallocate() }

    func filled(from tensor: UnsafeBufferPointer<Float>) -> UnsafeBufferPointer<Float> {
        fill(from: tensor)
        return values
    }

    /// - Parameter tensor: as `layer.layout` says.
    func fill(from tensor: UnsafeBufferPointer<Float>) {
        let (channels, area) = (layer.channels, layer.area)
        let first =
            switch layer.layout {
            case .channelsFirst: preconditionFailure("it is planar")
            case .channelsLast: 0
            case .tokens(let prefix): prefix * channels
            }
        precondition(tensor.count >= first + channels * area)
        for place in 0..<area {
            for channel in 0..<channels { memory[channel * area + place] = tensor[first + place * channels + channel] }
        }
    }
}
