/// IS-CAM: Score-CAM with masks that are faded in, their scores averaged.
///
/// Naidu et al. 2020, arXiv:2010.03023, eq. 4 and 5: w = softmax_k(1/N Σ_i y_c(X ⊙ H_k · i/N) - y_c(0)), i = 1...N with
/// N = 10, so that the last mask is Score-CAM's. (torch-cam adds up the factors on the way, to 5.5 times the mask.)
struct ISCAM: MaskScoringMethod {
    static let name = "is-cam"
    static let title = "IS-CAM"

    let rounds: Int

    init(_ options: MethodOptions) { rounds = options.samples ?? 10 }

    func write(
        _ round: Int, ofChannel channel: Int, _ evidence: Evidence, _ masks: ChannelMasks,
        into memory: UnsafeMutableBufferPointer<Float>
    ) {
        masks.write(
            evidence.activations(ofChannel: channel), factor: Float(round + 1) / Float(rounds), into: memory)
    }
}
