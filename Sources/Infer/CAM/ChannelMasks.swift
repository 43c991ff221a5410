import COpenBLAS

/// Masks for the classifier's input that are made of a layer's channels: enlarged, then scaled to 0...1.
final class ChannelMasks {
    private let upsampling: Upsampling
    private var scratch: [Float] = []

    init(height: Int, width: Int, of evidence: Evidence) {
        upsampling = Upsampling(from: (evidence.height, evidence.width), to: (height, width))
    }

    /// s(Up(map)), with s the scaling to 0...1; 0 everywhere for a map that is the same everywhere.
    ///
    /// - Parameters:
    ///   - map: Float `[height, width]` of the layer.
    ///   - factor: of all of the mask.
    ///   - mask: Float `[height, width]` of the input, overwritten.
    func write(_ map: some Collection<Float>, factor: Float = 1, into mask: UnsafeMutableBufferPointer<Float>) {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: map)
        upsampling.enlarge(scratch, into: mask)
        var (low, high) = (Float.infinity, -Float.infinity)
        for value in mask {
            low = min(low, value)
            high = max(high, value)
        }
        guard high > low else { return mask.update(repeating: 0) }
        // The weights of an enlargement add up to 1: scaling before it is the same, and costs next to nothing.
        for index in scratch.indices { scratch[index] = (scratch[index] - low) / (high - low) * factor }
        upsampling.enlarge(scratch, into: mask)
    }
}
