import COpenBLAS
import ONNX

/// A taught head on what a classifier's own head pools: it gives a picture's scores, and the maps that explain them.
///
/// Both follow from one feature map, A: scores are W · pooled + b with pooled_k = mean(A_k), so that the maps of class
/// activation mapping, M_c = Σ_k w_ck · A_k, are exact: mean(M_c) + b_c is the score.
struct TaughtActivation {
    let head: TaughtHead
    let activation: ClassActivation

    /// - Parameters:
    ///   - own: of the classifier.
    ///   - model: for messages.
    /// - Throws: `.taughtHeadDiffers` where it is a head on other features, or not all of it are numbers.
    init(_ head: TaughtHead, insteadOf own: ClassActivation, model: String) throws(InferError) {
        let channels = head.weights.count / head.labels.count
        guard channels == own.channels else {
            throw .taughtHeadDiffers(
                model: model, reason: "it is for \(channels) features, the model has \(own.channels)")
        }
        guard head.weights.allSatisfy(\.isFinite), head.bias.allSatisfy(\.isFinite) else {
            throw .taughtHeadDiffers(model: model, reason: "some of its weights are no finite numbers")
        }
        self.head = head
        activation = ClassActivation(
            head: own.head.classifying(weights: head.weights, bias: head.bias), channels: channels,
            height: own.height, width: own.width)
    }

    /// - Parameters:
    ///   - activations: A, as the classifier's own head gets it.
    ///   - scores: Float `[classes]`, overwritten.
    func score(_ activations: UnsafeBufferPointer<Float>, into scores: UnsafeMutableBufferPointer<Float>) {
        precondition(scores.count == head.labels.count)
        let (pooled, channels) = (activation.pooled(activations), Int32(activation.channels))
        _ = scores.update(fromContentsOf: head.bias)
        cblas_sgemv(
            CblasRowMajor, CblasNoTrans, Int32(scores.count), channels, 1, head.weights, channels, pooled, 1, 1,
            scores.baseAddress!, 1)
    }
}

extension ClassActivation {
    /// What a head's weights are multiplied with: the mean of each channel, Float `[channels]`.
    ///
    /// - Parameter activations: as in `map`.
    func pooled(_ activations: UnsafeBufferPointer<Float>) -> [Float] {
        precondition(activations.count == channels * area)
        let isChannelsFirst = head.layout == .channelsFirst
        let shares = [Float](repeating: 1 / Float(area), count: area)
        var pooled = [Float](repeating: 0, count: channels)
        // A·s for A [channels, area], Aᵀs for A [area, channels].
        cblas_sgemv(
            CblasRowMajor, isChannelsFirst ? CblasNoTrans : CblasTrans, Int32(isChannelsFirst ? channels : area),
            Int32(isChannelsFirst ? area : channels), 1, activations.baseAddress!,
            Int32(isChannelsFirst ? area : channels), shares, 1, 0, &pooled, 1)
        return pooled
    }
}
