/// Feature explanation method: channels weighted by how often they are rarely strong.
///
/// Fuad et al. 2020, "Features Understanding in 3D CNNs for Actions Recognition in Video", IPTA, eq. 1 and 2:
/// w_k = mean_ij 1[A_k > μ_k + 2 σ_k], M = Σ_k w_k A_k. It knows no class.
struct FEM: ChannelWeightedMethod {
    static let name = "fem"
    static let title = "FEM"
    static let isClassDiscriminative = false
    static let needs: MethodNeeds = []

    init(_ options: MethodOptions) {}

    func weights(_ evidence: Evidence) -> [Float] {
        let area = Float(evidence.area)
        return (0..<evidence.channels).map { channel in
            let values = evidence.activations(ofChannel: channel)
            let mean = values.reduce(0, +) / area
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / area
            let bound = mean + 2 * variance.squareRoot()
            return Float(values.count { $0 > bound }) / area
        }
    }
}
