import ONNX
import Pipeline
import Testing

@testable import Infer

/// Methods are asked about sums and differences of scores, not of classes alone.
struct TargetTests {
    private func net(_ name: String, _ method: any CAMMethod.Type) throws -> ConformanceNet {
        let golden = try ConformanceGolden.named(name)
        let isOfPicture = method.needs.isOfPicture
        return try ConformanceNet(
            name, golden, method: method, tensor: isOfPicture ? nil : golden.layers["last"]!.tensor)
    }

    private func map(_ net: ConformanceNet, _ target: ExplanationTarget) throws -> [Float] {
        net.passes.explained = [.score(1), .score(3), target]
        return try net.classifier.methods[0].method.map(Subject(target: target, layer: 0, passes: net.passes)).values
    }

    /// Methods whose map is linear in what they explain, and the nets that they work on.
    private static let linear: [(String, any CAMMethod.Type)] =
        ["gap", "silu", "squeeze"].map { ($0, CAM.self) } + [("vgg", RISE.self)]
        + ["gap", "vgg", "silu", "vit"].flatMap { name -> [(String, any CAMMethod.Type)] in
            [
                (name, GradCAM.self), (name, HiResCAM.self), (name, XGradCAM.self), (name, ReciproCAM.self),
                (name, ViTReciproCAM.self),
            ]
        }

    @Test(arguments: linear.indices) func theMapOfADifferenceIsTheDifferenceOfTheMaps(number: Int) throws {
        let (name, method) = Self.linear[number]
        let net = try net(name, method)
        let (one, other) = (try map(net, .score(1)), try map(net, .score(3)))
        let difference = zip(one, other).map { $0 - $1 }
        let found = try map(net, .difference(1, from: 3))
        #expect(MapComparison.error(found, difference) < Conformance.tolerance, "\(name), \(method.name)")
        #expect(MapComparison.error(found, one) > 0.01, "\(name), \(method.name)")
        let sum = zip(one, other).map { $0 / 2 + $1 / 4 }
        let mixed = try map(net, 0.5 * .score(1) + 0.25 * .score(3))
        #expect(MapComparison.error(mixed, sum) < Conformance.tolerance, "\(name), \(method.name)")
    }

    /// The other gradient methods, by the gradients that PyTorch gave for the two classes.
    @Test(arguments: ["gap", "vgg", "squeeze", "silu", "vit"])
    func gradientMethodsTakeTheGradientOfTheDifference(name: String) throws {
        let layer = try ConformanceGolden.named(name).layers["last"]!
        let gradients = zip(layer.gradients[1], layer.gradients[3]).map { $0 - $1 }
        let options = MethodOptions()
        for method: any EvidenceMethod in [
            GradCAM(options), GradCAMPlusPlus(options), LayerCAM(options), ElementwiseGradCAM(options),
        ] {
            let expected = layer.withEvidence(gradients: gradients) { method.map($0) }
            let found = try map(try net(name, type(of: method)), .difference(1, from: 3))
            #expect(MapComparison.error(found, expected) < Conformance.tolerance, "\(type(of: method).name)")
        }
    }

    @Test func theMeanOfCAMsDifferenceIsThatOfTheScores() throws {
        let net = try net("gap", CAM.self)
        let bias = try #require(net.classifier.head?.head.bias)
        let map = try map(net, .difference(1, from: 3))
        let mean = map.reduce(0, +) / Float(map.count) + bias[1] - bias[3]
        #expect(abs(mean - ExplanationTarget.difference(1, from: 3).value(of: net.passes.logits)) < 1e-5)
    }

    @Test func gradientsOfThePictureTheBiasesAndTheSecondOrderAreThoseOfTheDifference() throws {
        func values(_ method: any CAMMethod.Type, _ read: (Subject) throws -> [Float]) throws -> [[Float]] {
            let net = try net("vgg", method)
            return try [.score(1), .score(3), .difference(1, from: 3)].map {
                try read(Subject(target: $0, layer: 0, passes: net.passes))
            }
        }
        let found = [
            try values(Saliency.self) { try $0.inputGradients(.input).values },
            try values(FullGrad.self) { try $0.biasGradients().biases.flatMap { Array($0.gradients) } },
            try values(ShapleyCAM.self) { Array(try $0.secondOrder().evidence.gradients) },
        ]
        for values in found {
            let difference = zip(values[0], values[1]).map { $0 - $1 }
            #expect(MapComparison.error(values[2], difference) < Conformance.tolerance)
        }
    }

    /// What their maps are of a difference is another question than what they are of one class.
    @Test(arguments: ["scorecam", "is-cam", "ablationcam", "finercam", "shapleycam", "eigengradcam"])
    func otherMethodsTakeADifference(name: String) throws {
        let method = try #require(camMethods.first { $0.name == name })
        let net = try net("vgg", method)
        let (own, found) = (try map(net, .score(1)), try map(net, .difference(1, from: 3)))
        #expect(found.allSatisfy(\.isFinite) && MapComparison.error(found, own) > 0.01)
    }

    @Test func aDifferenceSharesThePassesOfItsClasses() throws {
        let net = try net("gap", ReciproCAM.self)
        net.passes.explained = [.score(1), .score(3)]
        var passes = 0
        func scores(_ target: ExplanationTarget) throws -> ProbeScores {
            try Subject(target: target, layer: 0, passes: net.passes).probe(.head, 1, for: "test") { _, memory in
                passes += 1
                memory.update(repeating: 0)
            }
        }
        let own = try scores(.score(1)).logits(of: .score(1))[0]
        let found = try scores(.difference(1, from: 3))
        #expect(passes == 1)
        let other = found.logits(of: .score(3))[0]
        #expect(abs(found.logits(of: .difference(1, from: 3))[0] - (own - other)) < 1e-6)
        // A class that nobody announced is another run.
        _ = try scores(.difference(1, from: 2))
        #expect(passes == 2)
    }
}
