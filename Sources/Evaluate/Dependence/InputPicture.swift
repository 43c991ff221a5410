/// A picture as the model reads it: scaled to its input, mean and deviation applied. The mean colour is 0.
package struct InputPicture: Sendable, Equatable {
    package let channels: Int
    package let height: Int
    package let width: Int
    /// Float `[channels, height, width]`.
    package let values: [Float]

    /// Places in each channel.
    package var area: Int { height * width }

    package init(channels: Int, height: Int, width: Int, values: [Float]) {
        precondition(values.count == channels * height * width)
        (self.channels, self.height, self.width, self.values) = (channels, height, width, values)
    }

    /// Every pixel times the heat at its place: what a map keeps of the picture.
    ///
    /// - Parameter heat: Float `[height, width]`, 0...1.
    package func masked(by heat: [Float]) -> InputPicture {
        precondition(heat.count == area)
        let masked = values.indices.map { values[$0] * heat[$0 % area] }
        return InputPicture(channels: channels, height: height, width: width, values: masked)
    }
}
