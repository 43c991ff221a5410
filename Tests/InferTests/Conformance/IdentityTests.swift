import ONNX
import Pipeline
import Testing

@testable import Infer

/// What must hold between methods, whatever the numbers.
struct IdentityTests {
    /// A layer with random activations that is pooled and then weighted by a dense layer.
    private struct PooledLayer {
        let channels = 7
        let height = 3
        let width = 4
        let activations: [Float]
        let weights: [Float]

        init(seed: Int) {
            // At least 0, as behind a ReLU, with zeros among them.
            activations = testNumbers(7 * 12, seed: seed).map { max(0, $0) }
            weights = testNumbers(7, seed: seed + 100)
        }

        var area: Int { height * width }
        /// dy/dA is the same for all places of a channel.
        var gradients: [Float] { weights.flatMap { [Float](repeating: $0 / Float(area), count: area) } }

        /// Σ_k w_k A_k.
        func sum(_ weights: [Float]) -> [Float] {
            (0..<area).map { place in
                (0..<channels).reduce(0) { $0 + weights[$1] * activations[$1 * area + place] }
            }
        }

        func map(_ method: any EvidenceMethod) -> [Float] {
            activations.withUnsafeBufferPointer { activations in
                gradients.withUnsafeBufferPointer { gradients in
                    method.map(
                        Evidence(
                            activations: activations, gradients: gradients, channels: channels, height: height,
                            width: width))
                }
            }
        }
    }

    private static let options = MethodOptions()

    @Test(arguments: 1...20) func onAPooledLayerGradientMethodsAreClassActivationMapping(seed: Int) {
        let layer = PooledLayer(seed: seed)
        let cam = layer.sum(layer.weights)
        for method: any EvidenceMethod in [
            GradCAM(Self.options), HiResCAM(Self.options), XGradCAM(Self.options),
        ] {
            let map = layer.map(method).map { $0 * Float(layer.area) }
            #expect(MapComparison.error(map, cam) < 1e-5, "\(type(of: method).name)")
        }
    }

    @Test(arguments: 1...20) func onAPooledLayerLayerCAMIsCAMWithoutNegativeWeights(seed: Int) {
        let layer = PooledLayer(seed: seed)
        let positive = layer.sum(layer.weights.map { max(0, $0) })
        let map = layer.map(LayerCAM(Self.options)).map { $0 * Float(layer.area) }
        #expect(MapComparison.error(map, positive) < 1e-5)
    }

    @Test(arguments: 1...20) func finerCAMWithoutContrastIsGradCAM(seed: Int) {
        let scores = testNumbers(6, seed: seed)
        for classID in scores.indices {
            var oneHot = [Float](repeating: 0, count: scores.count)
            oneHot[classID] = 1
            #expect(FinerCAM.contrast(.score(classID), scores: scores, strength: 0).seed(6) == oneHot)
        }
        let layer = PooledLayer(seed: seed)
        #expect(layer.map(FinerCAM(strength: 0)) == layer.map(GradCAM(Self.options)))
    }

    /// A contrast is between classes: what is added to all scores does not change it.
    @Test func finerCAMsWeightsAddUpToNothing() {
        for seed in 1...20 {
            let weights = FinerCAM.contrast(.score(2), scores: testNumbers(6, seed: seed), strength: 1).seed(6)
            #expect(abs(weights.reduce(0, +)) < 1e-5 && weights.count { $0 != 0 } == 4)
        }
    }

    private static let pooled = ["gap", "silu"]

    private func net(_ name: String, _ method: any CAMMethod.Type) throws -> ConformanceNet {
        let golden = try ConformanceGolden.named(name)
        return try ConformanceNet(name, golden, method: method, tensor: golden.layers["last"]!.tensor)
    }

    @Test(arguments: pooled) func theMeanOfCAMPlusTheBiasIsTheLogit(name: String) throws {
        let golden = try ConformanceGolden.named(name)
        let net = try net(name, CAM.self)
        let bias = try #require(net.classifier.head?.head.bias)
        for (classID, logit) in golden.logits.enumerated() {
            let map = try net.map(ofClass: classID).values
            #expect(abs(map.reduce(0, +) / Float(map.count) + bias[classID] - logit) < 1e-5)
            #expect(abs(net.passes.logits[classID] - logit) < 1e-5)
        }
    }

    @Test(arguments: pooled) func ofAWholeNetGradientMethodsAreClassActivationMapping(name: String) throws {
        let cam = try net(name, CAM.self)
        for method: any CAMMethod.Type in [GradCAM.self, HiResCAM.self, XGradCAM.self] {
            let other = try net(name, method)
            for classID in 0..<5 {
                let map = try other.map(ofClass: classID)
                let scaled = map.values.map { $0 * Float(map.height * map.width) }
                #expect(
                    MapComparison.error(scaled, try cam.map(ofClass: classID).values) < Conformance.tolerance,
                    "\(method.name), class \(classID)")
            }
        }
    }

    /// Byun and Lee 2022: with a GAP head a place's score is its share of the pooled sum.
    @Test(arguments: pooled) func ofAWholeNetReciproCAMIsItsShareOfCAMPlusTheBias(name: String) throws {
        let (cam, recipro) = (try net(name, CAM.self), try net(name, ReciproCAM.self))
        let bias = try #require(cam.classifier.head?.head.bias)
        for classID in 0..<5 {
            let map = try cam.map(ofClass: classID).values
            let expected = map.map { $0 / Float(map.count) + bias[classID] }
            #expect(MapComparison.error(try recipro.map(ofClass: classID).values, expected) < Conformance.tolerance)
        }
    }

    /// Srinivas and Fleuret 2019, eq. 3: of a piecewise linear net nothing is missing but the scores' own bias.
    @Test func thePicturesAndTheBiasesShareOfFullGradAddUpToTheLogit() throws {
        let bias = try #require(try net("gap", CAM.self).classifier.head?.head.bias)
        let golden = try ConformanceGolden.named("gap")
        let net = try ConformanceNet("gap", golden, method: FullGrad.self, tensor: nil)
        for classID in 0..<5 {
            let (gradients, picture, terms) = try Subject(target: .score(classID), layer: 0, passes: net.passes)
                .biasGradients()
            #expect(!terms.isEmpty)
            var sum = zip(gradients.values, picture).reduce(bias[classID]) { $0 + $1.0 * $1.1 }
            for term in terms {
                let area = term.height * term.width
                for index in term.gradients.indices { sum += term.gradients[index] * term.bias[index / area] }
            }
            #expect(abs(sum - golden.logits[classID]) < 1e-4)
        }
    }
}
