import Pipeline

/// SS-CAM: Score-CAM with noise on the channels before they become masks, the scores averaged.
///
/// Wang et al. 2020, arXiv:2006.14255, variant 1 (noise on the feature map): w = softmax_k(1/N Σ_i y_c(X ⊙ s(Up(A_k + n_i)))
/// - y_c(0)) with n ~ N(0, 2²), N = 35. All channels get the same N draws, so that they are compared under the same noise;
/// and the draws hang on the seed alone, so that the same picture gives the same map.
struct SSCAM: MaskScoringMethod {
    static let name = "ss-cam"
    static let title = "SS-CAM"

    let rounds: Int
    private let seed: UInt64
    private static let deviation: Float = 2

    init(_ options: MethodOptions) {
        rounds = options.samples ?? 35
        seed = UInt64(bitPattern: Int64(options.seed))
    }

    func write(
        _ round: Int, ofChannel channel: Int, _ evidence: Evidence, _ masks: ChannelMasks,
        into memory: UnsafeMutableBufferPointer<Float>
    ) {
        var noise = NormalNoise(seed: seed, draw: round)
        masks.write(
            evidence.activations(ofChannel: channel).map { $0 + Self.deviation * noise.next() }, into: memory)
    }
}
