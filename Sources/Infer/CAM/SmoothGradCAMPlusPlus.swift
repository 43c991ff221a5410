import Pipeline

/// Smooth Grad-CAM++: Grad-CAM++ with the gradients' powers averaged over noisy pictures.
///
/// Omeiza et al. 2019, arXiv:1908.01224, eq. 6 to 9 with the derivatives of Grad-CAM++, D_i = Gⁱ: α = mean(G²) /
/// (2 mean(G²) + s_k mean(G³)) with s_k = Σ A_k, and 0 where the denominator is; w_k = Σ_ij α · relu(mean G),
/// M = Σ_k w_k A_k, with A of the picture without noise. The noise is normal, its deviation 15 % of the picture's range
/// (Smilkov et al. 2017, arXiv:1706.03825, find 10 to 20 % best); 10 draws, which hang on the seed alone.
struct SmoothGradCAMPlusPlus: CAMMethod {
    static let name = "smooth-gradcam++"
    static let title = "Smooth Grad-CAM++"
    static let needs: MethodNeeds = [.activations, .noisyGradients]

    private static let deviation: Float = 0.15

    private let draws: Int
    private let seed: UInt64

    init(_ options: MethodOptions) {
        draws = options.samples ?? 10
        seed = UInt64(bitPattern: Int64(options.seed))
    }

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        let evidence = try subject.evidence(needs: .activations)
        let count = evidence.activations.count
        let zeros = [Float](repeating: 0, count: count)
        var (first, second, third) = (zeros, zeros, zeros)
        try subject.noisyGradients(draws, for: Self.title) { draw, picture, noise in
            let deviation = Self.deviation * ((picture.max() ?? 0) - (picture.min() ?? 0))
            var random = NormalNoise(seed: seed, draw: draw)
            for index in noise.indices { noise[index] = deviation * random.next() }
        } take: { gradients in
            for index in 0..<count {
                let gradient = gradients[index]
                first[index] += gradient
                second[index] += gradient * gradient
                third[index] += gradient * gradient * gradient
            }
        }
        let weights = (0..<evidence.channels).map { channel in
            let sum = evidence.activations(ofChannel: channel).reduce(0, +)
            return (channel * evidence.area..<(channel + 1) * evidence.area).reduce(Float(0)) { total, index in
                // The number of draws is cancelled but once.
                let denominator = 2 * second[index] + sum * third[index]
                guard first[index] > 0, denominator != 0 else { return total }
                return total + second[index] / denominator * first[index] / Float(draws)
            }
        }
        return RawMap(height: evidence.height, width: evidence.width, values: evidence.weightedSum(weights))
    }
}
