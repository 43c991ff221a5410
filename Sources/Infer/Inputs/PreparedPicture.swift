import Engine
package import Pipeline

/// A picture as it goes into a classifier: scaled and cut as the model's card says.
package struct PreparedPicture: Sendable, Equatable {
    /// 8-bit `[height, width, channels]` of the classifier's input, in the card's channel order.
    package let bytes: [UInt8]
    /// The part of the picture that the whole input shows.
    package let region: Region

    package init(bytes: [UInt8], region: Region) { (self.bytes, self.region) = (bytes, region) }
}

/// What 8-bit values are for a network: mean and scale applied, channel by channel.
struct InputUnits {
    let input: ModelInput
    private let mean: [Float]
    private let scale: [Float]

    init(_ input: ModelInput) {
        self.input = input
        (mean, scale) = (input.pictureInput.mean, input.pictureInput.scale)
    }

    private var area: Int { input.height * input.width }

    /// - Returns: Float `[channels, height, width]`.
    func values(_ bytes: [UInt8]) -> [Float] {
        precondition(bytes.count == area * input.channels)
        return (0..<input.channels).flatMap { channel in
            (0..<area).map { (Float(bytes[$0 * input.channels + channel]) - mean[channel]) / scale[channel] }
        }
    }

    /// The nearest 8-bit values.
    ///
    /// - Parameter values: Float `[channels, height, width]`.
    func bytes(_ values: [Float]) -> [UInt8] {
        precondition(values.count == area * input.channels)
        return (0..<values.count).map { index in
            let (place, channel) = index.quotientAndRemainder(dividingBy: input.channels)
            let value = values[channel * area + place] * scale[channel] + mean[channel]
            return UInt8(max(0, min(255, value.rounded())))
        }
    }
}
