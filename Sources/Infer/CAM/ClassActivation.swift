import COpenBLAS
import ONNX
import Pipeline

/// Class activation mapping: how much each place of the last feature map adds to a class's score.
///
/// Zhou et al. 2016, "Learning Deep Features for Discriminative Localization", arXiv:1512.04150, eq. 2:
/// M_c(x, y) = Σ_k w_k^c · f_k(x, y), so that mean(M_c) + b_c is the class's logit. Where the head has no dense layer
/// (global average pooling straight after the class convolution: Lin et al. 2013, "Network in Network",
/// arXiv:1312.4400, sec. 3.2), M_c is channel c. A sum of scores has the sum of their maps.
struct ClassActivation {
    let head: CAMHead
    /// Of the target tensor.
    let channels: Int
    let height: Int
    let width: Int

    /// Places in a map.
    var area: Int { height * width }

    /// Σ_c w_c M_c of a target, without bias, not clipped, not scaled.
    ///
    /// - Parameters:
    ///   - activations: A, Float `[channels, height, width]`, or `[height, width, channels]` where the head pools so.
    ///   - map: Float `[height, width]`, overwritten.
    func map(of target: ExplanationTarget, _ activations: UnsafeBufferPointer<Float>, into map: inout [Float]) {
        precondition(activations.count == channels * area && map.count == area)
        for cell in map.indices { map[cell] = 0 }
        for term in target.terms { add(term, activations, to: &map) }
    }

    private func add(
        _ term: ExplanationTarget.Term, _ activations: UnsafeBufferPointer<Float>, to map: inout [Float]
    ) {
        let isChannelsFirst = head.layout == .channelsFirst
        switch head.kind {
        case .classMaps:
            // Channel c: a run of the memory, or every channels-th value.
            let start = activations.baseAddress! + (isChannelsFirst ? term.element * area : term.element)
            cblas_saxpy(Int32(area), term.weight, start, isChannelsFirst ? 1 : Int32(channels), &map, 1)
        case .dense:
            head.weights.withUnsafeBufferPointer { weights in
                let row = weights.baseAddress! + term.element * channels
                // wᵀA for A [channels, area], A·w for A [area, channels].
                cblas_sgemv(
                    CblasRowMajor, isChannelsFirst ? CblasTrans : CblasNoTrans,
                    Int32(isChannelsFirst ? channels : area), Int32(isChannelsFirst ? area : channels), term.weight,
                    activations.baseAddress!, Int32(isChannelsFirst ? area : channels), row, 1, 1, &map, 1)
            }
        }
    }

    /// Checks that maps and scores belong together: mean(M_c) + b_c = logit_c for the given classes.
    ///
    /// - Parameter tolerance: share of the logits' range, or of the map's own strength where that is more: between two
    ///   classes that are as probable as each other there is no range.
    /// - Returns: the first class for which it does not hold, both numbers, and the difference allowed.
    func mismatch(
        among classes: [Int], _ activations: UnsafeBufferPointer<Float>, logits: UnsafeBufferPointer<Float>,
        tolerance: Float
    ) -> (classID: Int, meanPlusBias: Float, logit: Float, tolerance: Float)? {
        guard let low = logits.min(), let high = logits.max() else { return nil }
        var map = [Float](repeating: 0, count: area)
        for classID in classes {
            self.map(of: .score(classID), activations, into: &map)
            let bias = head.bias.isEmpty ? 0 : head.bias[classID]
            let explained = map.reduce(0, +) / Float(area) + bias
            let strength = map.reduce(0) { $0 + abs($1) } / Float(area) + abs(bias)
            let allowed = tolerance * max(high - low, strength, .leastNormalMagnitude)
            // Negated, so that NaN is a mismatch.
            if !(abs(explained - logits[classID]) <= allowed) {
                return (classID, explained, logits[classID], allowed)
            }
        }
        return nil
    }
}

extension ClassActivation {
    /// Checks the engine's shapes against what the graph promised.
    ///
    /// - Throws: `.poolingLeavesRest`, `.unexpectedShape`.
    static func checked(
        _ head: CAMHead, _ target: [Int], _ logits: [Int], model: String
    ) throws(InferError) -> (ClassActivation, classes: Int) {
        guard target.count == 4, target[0] == 1 else {
            throw .unexpectedShape(
                model: model, tensor: head.target, shape: target, expected: "[1, channels, height, width]")
        }
        let isFirst = head.layout == .channelsFirst
        let channels = isFirst ? target[1] : target[3]
        let (height, width) = isFirst ? (target[2], target[3]) : (target[1], target[2])
        if let kernel = head.requiredPoolSize, kernel != [height, width] {
            throw .poolingLeavesRest(model: model, kernel: kernel, map: [height, width])
        }
        let classes = logits.reduce(1, *)
        let isFitting =
            switch head.kind {
            case .dense: head.weights.count == classes * channels && head.bias.count == classes
            case .classMaps: channels == classes && (head.bias.isEmpty || head.bias.count == classes)
            }
        guard classes > 1, isFitting else {
            throw .unexpectedShape(
                model: model, tensor: head.logits, shape: logits,
                expected: "[1, classes], as the head's weights have them,")
        }
        return (ClassActivation(head: head, channels: channels, height: height, width: width), classes)
    }
}
