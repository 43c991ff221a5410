import Foundation
import ONNX
import Pipeline
import TestSupport
import Testing

@testable import Infer

/// The formulas of the methods that run the classifier again, on a net that is computed here a second time.
struct ProbeMethodTests {
    private let small = SmallNet()
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func net(_ method: String, _ form: SmallNet.Form = .plain, samples: Int? = nil, seed: Int = 1) throws
        -> ProbedNet
    {
        try ProbedNet(
            try small.write(form, to: folder), method: method, layers: ProbedNet.layers("A", for: method),
            samples: samples, seed: seed)
    }

    /// s(Up(A_k)) for one channel, `[8, 8]`.
    private func mask(_ channel: some Collection<Float>) -> [Float] {
        let large = Bilinear.resized(
            RawMap(height: 4, width: 4, values: Array(channel)), height: 8, width: 8
        ).values
        let (low, high) = (large.min()!, large.max()!)
        return large.map { high > low ? ($0 - low) / (high - low) : 0 }
    }

    private func masked(_ picture: [Float], _ mask: [Float]) -> [Float] {
        picture.indices.map { picture[$0] * mask[$0 % mask.count] }
    }

    private func channels(_ activations: [Float]) -> [[Float]] {
        (0..<4).map { Array(activations[$0 * 16..<($0 + 1) * 16]) }
    }

    private func softmax(_ values: [Float]) -> [Float] {
        let shares = values.map { exp($0) }
        return shares.map { $0 / shares.reduce(0, +) }
    }

    private func weighted(_ weights: [Float], _ activations: [Float]) -> [Float] {
        (0..<16).map { place in (0..<4).reduce(0) { $0 + weights[$1] * activations[$1 * 16 + place] } }
    }

    @Test func theSmallNetIsComputedHereAsByTheEngine() throws {
        let net = try net("reciprocam")
        #expect(agree(net.activations, small.activations(net.picture)))
        #expect(agree(net.logits, small.scores(net.picture)))
        let last = channels(net.activations)[3]
        #expect(last.allSatisfy { $0 == last[0] && $0 > 0 })
    }

    @Test(arguments: [0, 3]) func scoreCAMWeightsChannelsByTheScoreUnderThem(classID: Int) throws {
        let net = try net("scorecam")
        let scores = channels(net.activations).map { small.scores(masked(net.picture, mask($0)))[classID] }
        #expect(agree(try net.map(ofClass: classID), weighted(softmax(scores), net.activations)))
    }

    @Test func scoreCAMOfFewerChannelsTakesThoseThatVaryMost() throws {
        let net = try net("scorecam", samples: 2)
        let all = channels(net.activations)
        let variances = all.map { channel in
            let mean = channel.reduce(0, +) / 16
            return channel.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        let kept = (0..<4).sorted { variances[$0] > variances[$1] }.prefix(2)
        let scores = (0..<4).map { channel in
            kept.contains(channel)
                ? small.scores(masked(net.picture, mask(all[channel])))[1] : -Float.infinity
        }
        #expect(agree(try net.map(ofClass: 1), weighted(softmax(scores), net.activations)))
    }

    @Test func isCAMAveragesTheScoresOfMasksThatGrow() throws {
        let net = try net("is-cam", samples: 5)
        let scores = channels(net.activations).map { channel in
            (1...5).map { step in
                small.scores(masked(net.picture, mask(channel).map { $0 * Float(step) / 5 }))[2]
            }.reduce(0, +) / 5
        }
        #expect(agree(try net.map(ofClass: 2), weighted(softmax(scores), net.activations)))
    }

    @Test func isCAMOfOneStepIsScoreCAM() throws {
        #expect(try net("is-cam", samples: 1).map(ofClass: 1) == net("scorecam").map(ofClass: 1))
    }

    @Test func ssCAMAveragesTheScoresOfNoisyMasks() throws {
        let net = try net("ss-cam", samples: 3, seed: 5)
        let scores = channels(net.activations).map { channel in
            let isConstant = channel.allSatisfy { $0 == channel[0] }
            let noisy = (0..<3).map { round -> Float in
                var noise = NormalNoise(seed: 5, draw: round)
                let mask = isConstant ? [Float](repeating: 0, count: 64) : mask(channel.map { $0 + 2 * noise.next() })
                return small.scores(masked(net.picture, mask))[4]
            }
            return noisy.reduce(0, +) / 3
        }
        #expect(agree(try net.map(ofClass: 4), weighted(softmax(scores), net.activations)))
    }

    @Test func noiseIsNormalAndTheSameForTheSameSeedAndDraw() {
        func drawn(_ seed: UInt64, _ draw: Int) -> [Float] {
            var noise = NormalNoise(seed: seed, draw: draw)
            return (0..<20_000).map { _ in noise.next() }
        }
        let noise = drawn(1, 0)
        let mean = noise.reduce(0, +) / 20_000
        let squares: Float = noise.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        // Four standard errors of each.
        #expect(abs(mean) < 0.03 && abs((squares / 20_000).squareRoot() - 1) < 0.02)
        #expect(abs(Float(noise.count { abs($0) < 1 }) / 20_000 - 0.6827) < 0.014)
        #expect(noise == drawn(1, 0) && noise != drawn(1, 1) && noise != drawn(2, 0))
    }

    @Test(arguments: 0..<5) func ablationCAMWeightsChannelsByTheScoreThatGoesWithThem(classID: Int) throws {
        let net = try net("ablationcam")
        let y = small.head(net.activations)[classID]
        let weights = (0..<4).map { channel in
            let without = net.activations.indices.map { $0 / 16 == channel ? 0 : net.activations[$0] }
            return (y - small.head(without)[classID]) / abs(y)
        }
        #expect(agree(try net.map(ofClass: classID), weighted(weights, net.activations)))
    }

    @Test func someScoresAreNegativeAndStillTheMapSpeaksForTheClass() throws {
        let net = try net("ablationcam")
        let classID = try #require(net.logits.indices.first { net.logits[$0] < 0 })
        // Σ_ij M and Σ_k w_k Σ A_k are one; in a linear net a channel that adds to the score has a positive weight.
        let map = try net.map(ofClass: classID)
        let linear = (0..<4).map { channel -> Float in
            let without = net.activations.indices.map { $0 / 16 == channel ? 0 : net.activations[$0] }
            return small.head(net.activations)[classID] - small.head(without)[classID]
        }
        let expected = weighted(linear, net.activations)
        #expect(zip(map, expected).allSatisfy { $0 * $1 >= 0 })
    }

    @Test func reciproCAMIsTheScoreOfOnePlace() throws {
        let net = try net("reciprocam")
        let expected = (0..<16).map { place in
            small.head(net.activations.indices.map { $0 % 16 == place ? net.activations[$0] : 0 })[3]
        }
        #expect(agree(try net.map(ofClass: 3), expected))
    }

    @Test func viTReciproCAMIsTheScoreOfAPlaceAndItsNeighbours() throws {
        let net = try net("vit-reciprocam")
        let share: [Float] = [1, 2, 1]
        let expected = (0..<16).map { place in
            let kept = net.activations.indices.map { index -> Float in
                let (row, column) = (index % 16 / 4 - place / 4, index % 4 - place % 4)
                guard abs(row) <= 1, abs(column) <= 1 else { return 0 }
                return net.activations[index] * share[row + 1] * share[column + 1] / 16
            }
            return small.head(kept)[0]
        }
        #expect(agree(try net.map(ofClass: 0), expected))
    }

    @Test(arguments: ["gap_gemm", "reducemean13_matmul_add", "nhwc_reducemean", "avgpool_conv1x1", "fp16"])
    func reciproCAMIsCAMWhereTheHeadIsAGAPHead(name: String) throws {
        let cam = try ProbedNet(Fixtures.model(name), method: "cam")
        let layer = cam.classifier.layers[0]
        let recipro = try ProbedNet(Fixtures.model(name), method: "reciprocam", layers: [layer.tensor])
        #expect(recipro.classifier.layers[0].layout == layer.layout)
        for classID in 0..<2 {
            let bias = cam.classifier.head?.head.bias ?? []
            let expected = try cam.map(ofClass: classID).map {
                $0 / Float(layer.area) + (bias.isEmpty ? 0 : bias[classID])
            }
            // Weights of 16 bits are rounded on the way to the engine.
            #expect(agree(try recipro.map(ofClass: classID), expected, within: name == "fp16" ? 2e-3 : 1e-4))
        }
    }

    @Test func riseIsTheMeanOfMasksByTheProbabilityUnderThem() throws {
        let net = try net("rise", samples: 37)
        let masks = RISE.Masks(height: 8, width: 8, seed: 1)
        var expected = [Float](repeating: 0, count: 64)
        for number in 0..<37 {
            var mask = [Float](repeating: 0, count: 64)
            mask.withUnsafeMutableBufferPointer { masks.write(number, $0) }
            let probability = softmax(small.scores(masked(net.picture, mask)))[2]
            for place in expected.indices { expected[place] += mask[place] * probability / (0.5 * 37) }
        }
        #expect(agree(try net.map(ofClass: 2), expected))
    }

    @Test func masksOfRISEAreHalfOpenOnAverageAndAllDifferent() {
        let masks = RISE.Masks(height: 30, width: 44, seed: 1)
        var known: Set<[Float]> = []
        var sum: Float = 0
        for number in 0..<300 {
            var mask = [Float](repeating: 0, count: 30 * 44)
            mask.withUnsafeMutableBufferPointer { masks.write(number, $0) }
            #expect(mask.allSatisfy { (-1e-6...1.000_001).contains($0) })
            sum += mask.reduce(0, +) / Float(mask.count)
            known.insert(mask)
        }
        #expect(known.count == 300)
        // Four standard errors of 300 means of about 49 cells.
        #expect(abs(sum / 300 - 0.5) < 0.02)
    }

    @Test(arguments: ["ss-cam", "rise"]) func theSameSeedGivesTheSameBytes(method: String) throws {
        let first = try net(method, samples: 9).map(ofClass: 1)
        #expect(try net(method, samples: 9).map(ofClass: 1) == first)
        #expect(try net(method, samples: 9, seed: 2).map(ofClass: 1) != first)
    }
}
