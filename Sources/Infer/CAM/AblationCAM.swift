import ONNX
import Pipeline

/// Ablation-CAM: channels weighted by the share of the score that goes when a channel is taken out.
///
/// Desai and Ramaswamy 2020, "Ablation-CAM", WACV, eq. 4: w_k = (y - y_k) / y with y_k the score when channel k is 0,
/// M = relu(Σ_k w_k A_k). We divide by |y|: with a negative score the paper's weights change their sign, and the map
/// would show what speaks against the class. (pytorch-grad-cam sets channels with negative values far below their
/// minimum rather than to 0.)
struct AblationCAM: CAMMethod {
    static let name = "ablationcam"
    static let title = "Ablation-CAM"
    static let needs = MethodNeeds.headPasses

    init(_ options: MethodOptions) {}

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        let evidence = try subject.evidence(needs: Self.needs)
        let tensor = subject.passes.tensor(of: subject.layer)
        let layer = subject.shape
        let scores = try subject.probe(.head, 1 + layer.channels, for: Self.title) { variant, memory in
            _ = memory.update(fromContentsOf: tensor)
            guard variant > 0 else { return }
            for place in 0..<layer.area { memory[layer.position(channel: variant - 1, place: place)] = 0 }
        }
        let logits = scores.logits(of: subject.target)
        let whole = max(abs(logits[0]), .leastNormalMagnitude)
        return RawMap(
            height: layer.height, width: layer.width,
            values: evidence.weightedSum(logits.dropFirst().map { (logits[0] - $0) / whole }))
    }
}
