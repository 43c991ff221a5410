/// Score-CAM: channels weighted by the score that the picture keeps under each of them.
///
/// Wang et al. 2020, arXiv:1910.01279, eq. 4 to 6 and algorithm 1: H_k = s(Up(A_k)) with bilinear enlargement (half-pixel)
/// and then scaling to 0...1, w = softmax_k(y_c(X ⊙ H_k) - y_c(0)), M = relu(Σ_k w_k A_k), on scores before any softmax.
/// The authors' released code takes the class's probability as the weight instead, without a softmax over the channels.
///
/// With `samples`, only so many channels are scored: those with the greatest standard deviation ("Faster Score-CAM", Li
/// 2020). All else equal, passes are saved and weak channels are lost.
struct ScoreCAM: MaskScoringMethod {
    static let name = "scorecam"
    static let title = "Score-CAM"

    let rounds = 1
    private let limit: Int?

    init(_ options: MethodOptions) { limit = options.samples }

    func channels(_ evidence: Evidence) -> [Int] {
        let all = Array(0..<evidence.channels)
        guard let limit, limit < all.count else { return all }
        let area = Float(evidence.area)
        let variances = all.map { channel in
            let values = evidence.activations(ofChannel: channel)
            let mean = values.reduce(0, +) / area
            return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        // By number where they are equal, so that the same picture gives the same map.
        return all.sorted { (variances[$0], $1) > (variances[$1], $0) }.prefix(limit).sorted()
    }

    func write(
        _ round: Int, ofChannel channel: Int, _ evidence: Evidence, _ masks: ChannelMasks,
        into memory: UnsafeMutableBufferPointer<Float>
    ) {
        masks.write(evidence.activations(ofChannel: channel), into: memory)
    }
}
