/// The end of a classifier whose class activation maps can be read off: global average pooling of the last feature map,
/// then one dense layer or none.
///
/// With A the tensor `target`, [N, channels, height, width] or channels last, and y the tensor `logits`:
/// M_c = Σ_k weights[c, k] · A_k and mean(M_c) + bias[c] = y[c]. Zhou et al. 2016, arXiv:1512.04150, eq. 2.
package struct CAMHead: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Pooled features, then a linear layer.
        case dense
        /// The feature map's channels are the class maps themselves: M_c = A_c. Lin et al. 2013, arXiv:1312.4400, 3.2.
        case classMaps
    }

    package enum Activation: Sendable, Equatable {
        case softmax, sigmoid, none
    }

    package let kind: Kind
    /// Tensor with spatial extent: what the pooling reads.
    package let target: String
    /// How `target` lies in memory.
    package let layout: TensorLayout
    /// Tensor of class scores before the activation. It has one element a class and picture, be its shape [N, classes]
    /// or [N, classes, 1, 1].
    package let logits: String
    /// What the model itself makes of the logits.
    package let activation: Activation
    /// The model's output that gives the scores.
    package let output: String
    /// Float [classes, channels], row-major; empty for class maps.
    package let weights: [Float]
    /// Float [classes]; zeros where nothing is added, empty where the number of classes is unknown.
    package let bias: [Float]
    /// Unknown for class maps made by an operator without constant weights, if the file says no shapes either.
    package let classes: Int?
    /// Channels of `target`; unknown where `classes` is for class maps.
    package let channels: Int?
    /// [height, width] that `target` must have: the pooling's window. Nil if the pooling takes every size.
    package let requiredPoolSize: [Int]?
    /// Whether numbers are rounded to 8 bits between `target` and `logits`, so that the sums hold roughly only.
    package let isQuantised: Bool
    /// What was found, such as "GlobalAveragePool → Flatten → Gemm (classifier.weight [1000, 1280])".
    package let description: String
}

extension CAMHead {
    /// A dense layer of other weights in the place of this head, on what it pools.
    ///
    /// - Parameters:
    ///   - weights: Float `[classes, channels]`, row-major.
    ///   - bias: Float `[classes]`.
    package func classifying(weights: [Float], bias: [Float]) -> CAMHead {
        CAMHead(
            kind: .dense, target: target, layout: layout, logits: logits, activation: .softmax, output: output,
            weights: weights, bias: bias, classes: bias.count, channels: channels,
            requiredPoolSize: requiredPoolSize, isQuantised: isQuantised, description: description)
    }
}
