/// A dense layer that stands in for a classifier's own while somebody teaches: scores are weights · pooled + bias, with pooled
/// the mean of the last feature map over the picture, and its rows are those of exact class activation maps.
package struct TaughtHead: Sendable, Equatable {
    /// Grows with each head that is fitted.
    package let number: Int
    /// The classes' names, at least two.
    package let labels: [String]
    /// Float `[classes, channels]`, row-major.
    package let weights: [Float]
    /// Float `[classes]`.
    package let bias: [Float]

    package init(number: Int, labels: [String], weights: [Float], bias: [Float]) {
        precondition(labels.count >= 2 && bias.count == labels.count && weights.count % labels.count == 0)
        (self.number, self.labels) = (number, labels)
        (self.weights, self.bias) = (weights, bias)
    }
}

/// What a teacher is given of a picture that was looked at.
package struct TaughtPicture: Sendable {
    /// What the head's weights are multiplied with: Float `[channels]`.
    package let features: [Float]
    /// The picture as the classifier gets it: 8-bit `[height, width, colours]`, in the model's own order of colours.
    package let pixels: [UInt8]
    /// In the input, in seconds.
    package let seconds: Double

    package init(features: [Float], pixels: [UInt8], seconds: Double) {
        (self.features, self.pixels, self.seconds) = (features, pixels, seconds)
    }
}
