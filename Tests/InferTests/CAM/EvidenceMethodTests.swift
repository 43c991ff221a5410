import Testing

@testable import Infer

/// Methods that need activations and gradients only, on numbers that can be followed by hand; PyTorch's are in
/// Conformance.
struct EvidenceMethodTests {
    /// - Parameters:
    ///   - activations: `[channels][places]`.
    ///   - gradients: the same; empty where none are needed.
    private func map(
        _ method: some EvidenceMethod, _ activations: [[Float]], _ gradients: [[Float]] = [], width: Int,
        previous: [Float]? = nil
    ) -> [Float] {
        Array(activations.joined()).withUnsafeBufferPointer { activationValues in
            Array(gradients.joined()).withUnsafeBufferPointer { gradientValues in
                method.map(
                    Evidence(
                        activations: activationValues, gradients: gradientValues, channels: activations.count,
                        height: activations[0].count / width, width: width, previous: previous))
            }
        }
    }

    private let options = MethodOptions()
    private let activations: [[Float]] = [[1, 2, 3, 4], [4, 0, 0, 0]]
    private let gradients: [[Float]] = [[1, 0, 0, 1], [-2, 2, 1, -1]]

    @Test func gradCAMWeightsChannelsByTheirMeanGradient() {
        // Means: 0.5 and 0.
        #expect(map(GradCAM(options), activations, gradients, width: 2) == [0.5, 1, 1.5, 2])
    }

    @Test func hiResCAMAddsWhatEachPlaceDoes() {
        #expect(map(HiResCAM(options), activations, gradients, width: 2) == [-7, 0, 0, 4])
    }

    @Test func elementwiseGradCAMDropsWhatSpeaksAgainst() {
        #expect(map(ElementwiseGradCAM(options), activations, gradients, width: 2) == [1, 0, 0, 4])
    }

    @Test func layerCAMDropsNegativeGradients() {
        #expect(map(LayerCAM(options), activations, gradients, width: 2) == [1, 0, 0, 4])
    }

    @Test func xGradCAMWeightsGradientsByTheActivations() {
        // Weights: (1 + 4) / 10 and -8 / 4.
        #expect(map(XGradCAM(options), activations, gradients, width: 2) == [0.5 - 8, 1, 1.5, 2])
    }

    @Test func aChannelWithoutActivationHasNoWeightInXGradCAM() {
        #expect(map(XGradCAM(options), [[0, 0], [1, 1]], [[5, 5], [1, 3]], width: 2) == [2, 2])
    }

    @Test func gradCAMPlusPlusFollowsEquation19() {
        // Channel 0: s = 10, two places with G = 1: 2 · 1 / (2 + 10). Channel 1: s = 4, 2 / (2 + 8) + 1 / (2 + 4).
        let weights: [Float] = [2 / 12, 0.2 + 1 / 6]
        let expected = (0..<4).map { weights[0] * activations[0][$0] + weights[1] * activations[1][$0] }
        let found = map(GradCAMPlusPlus(options), activations, gradients, width: 2)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func femCountsRareStrongPlaces() {
        // Channel 0: mean 1, deviation 3: the 10 is above 7. Channel 1 is the same everywhere.
        let strong: [Float] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 10]
        let found = map(FEM(options), [strong, [Float](repeating: 5, count: 10)], width: 5)
        #expect(found == strong.map { $0 / 10 })
    }

    @Test func theFeatureViewAveragesChannels() {
        var options = MethodOptions()
        options.channels = .range(0...1)
        #expect(map(FeatureView(options), activations, width: 2) == [2.5, 1, 1.5, 2])
        options.channels = .range(1...1)
        #expect(map(FeatureView(options), activations, width: 2) == activations[1])
    }

    @Test func theStrongestChannelsAreThoseWithTheHighestPeaks() {
        var options = MethodOptions()
        let channels: [[Float]] = [[0, 3], [9, 0], [3, 3]]
        options.channels = .strongest(1)
        #expect(map(FeatureView(options), channels, width: 2) == [9, 0])
        // Equal peaks: the first of them.
        options.channels = .strongest(2)
        #expect(map(FeatureView(options), channels, width: 2) == [4.5, 1.5])
    }

    /// One direction only: the principal component is that direction.
    @Test func eigenCAMProjectsOnTheDirectionOfGreatestSpread() {
        let pattern: [Float] = [0, 0, 0, 4, 0, 0]
        let found = map(EigenCAM(options), [pattern, pattern.map { 3 * $0 }], width: 3)
        let mean: Float = 4 / 6
        let length = Float(10).squareRoot()
        #expect(zip(found, pattern).allSatisfy { abs($0 - ($1 - mean) * length) < 1e-5 })
    }

    @Test func eigenCAMIsTheSameFromEitherProductMatrix() {
        // 3 channels of 8 places, then 8 channels of 3 places.
        let wide = (0..<3).map { k in (0..<8).map { Float(($0 * 7 + k * 5) % 11) } }
        let tall = (0..<8).map { k in (0..<3).map { Float(($0 * 7 + k * 5) % 11) } }
        for channels in [wide, tall] {
            let found = map(EigenCAM(options), channels, width: channels[0].count)
            // The component's variance is the greatest that any direction has: more than any single channel's.
            let spread = found.reduce(0) { $0 + $1 * $1 }
            for channel in channels {
                let mean = channel.reduce(0, +) / Float(channel.count)
                #expect(spread >= channel.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } - 1e-3)
            }
            #expect(abs(found.reduce(0, +)) < 1e-3)
        }
    }

    @Test(arguments: [EigenCAM.self, KPCACAM.self] as [any EvidenceMethod.Type])
    func componentsGrowWhereTheFeaturesDo(method: any EvidenceMethod.Type) {
        let pattern: [Float] = [0, 1, 0, 0, 5, 0, 0, 1, 0]
        let found = map(method.init(options), [pattern, pattern.map { $0 / 2 }], width: 3)
        #expect(found.indices.max { found[$0] < found[$1] } == 4)
    }

    @Test func aComponentKeepsTheSignOfTheFrameBefore() {
        let pattern: [Float] = [0, 1, 0, 0, 5, 0, 0, 1, 0]
        let alone = map(EigenCAM(options), [pattern], width: 3)
        let after = map(EigenCAM(options), [pattern], width: 3, previous: alone.map { -$0 })
        #expect(after == alone.map { -$0 })
        // A map that has nothing to do with it gives no sign.
        let unrelated = map(EigenCAM(options), [pattern], width: 3, previous: [1, 0, -1, 0, 0, 0, -1, 0, 1])
        #expect(unrelated == alone)
    }

    @Test(arguments: [EigenCAM.self, KPCACAM.self] as [any EvidenceMethod.Type])
    func aFlatFeatureMapHasNoComponent(method: any EvidenceMethod.Type) {
        let found = map(method.init(options), [[2, 2, 2, 2], [3, 3, 3, 3]], width: 2)
        #expect(found.allSatisfy { abs($0) < 1e-6 })
    }
}
