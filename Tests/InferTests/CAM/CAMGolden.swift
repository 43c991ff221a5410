/// Numbers to compute maps from, and the map that pytorch-grad-cam computes from them: its Grad-CAM with gradients whose
/// channel means are `weights` is the class activation map of a dense layer with these weights.
enum CAMGolden {
    static let channels = 5
    static let height = 4
    static let width = 4

    /// A, `[channels, height, width]`.
    static let activations: [Float] = [
        0.301, 0.599, 0.026, 0, 0, 0, 0.36, 1.64, 0, 0, 0.79, 0.657, 0.405, 0, 0.271, 0.995,
        0, 0, 0, 0, 0, 0.065, 0, 0.571, 0.457, 0.113, 0, 0, 0.251, 0.413, 0, 0,
        0, 0, 1.361, 0, 0.267, 1.184, 0, 0.188, 0.41, 0.364, 0, 0.376, 1.659, 0, 1.159, 0.419,
        0, 2.3, 1.062, 0, 0.375, 0.877, 0.111, 0.983, 0.233, 0.967, 1.739, 0, 0.503, 0, 0.427, 0,
        0, 0.104, 1.199, 1.445, 0, 0, 0.947, 0, 0, 0.203, 1.557, 0.989, 0, 0, 0.05, 1.824,
    ]

    /// One class's row of W, `[channels]`.
    static let weights: [Float] = [0.018624998, -0.042249999, -0.078, -0.019187501, -0.040875001]

    /// Σ_k w_k A_k, `[height, width]`, to six digits.
    static let map: [Float] = [
        0.005606, -0.037226, -0.17506, -0.059064,
        -0.028021, -0.111926, -0.034133, -0.027105,
        -0.055759, -0.060018, -0.082296, -0.057517,
        -0.142115, -0.017449, -0.095591, -0.088706,
    ]
}
