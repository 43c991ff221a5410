import ONNX
import TestSupport
import Testing

@testable import Engine
@testable import Infer

/// Gradients of whole nets against PyTorch's.
struct DifferentiatedModelTests {
    /// The greatest difference, as a share of the expected numbers' range.
    private func error(_ found: [Float], _ expected: [Float]) -> Float {
        guard found.count == expected.count, let low = expected.min(), let high = expected.max(), high > low else {
            return .infinity
        }
        return zip(found, expected).map { abs($0 - $1) }.max()! / (high - low)
    }

    @Test(arguments: GradientGolden.names) func theGradientIsPyTorchs(name: String) throws {
        let net = try GoldenNet(name)
        let golden = net.golden
        #expect(net.model.backward[0].gradient.target.type.shape == golden.shape)
        #expect(error(try net.output(golden.target), golden.activations) < 1e-5)
        #expect(error(try net.output(golden.scores), golden.logits) < 1e-5)
        #expect(golden.gradients.count == 2)
        for (classID, expected) in golden.gradients {
            let gradient = Array(try net.backward.gradient(ofClass: try #require(Int(classID))))
            #expect(error(gradient, expected) < 1e-4, "class \(classID)")
        }
    }

    /// The backward model stays in 32 bits: the error is that of the residuals, which have 8 significant bits.
    @Test(arguments: ["vgg", "resnet", "mobilenet"])
    func theGradientOfA16BitModelIsRoughlyTheSame(name: String) throws {
        let net = try GoldenNet(name, precision: "bf16")
        for (classID, expected) in net.golden.gradients {
            let gradient = Array(try net.backward.gradient(ofClass: try #require(Int(classID))))
            // In 16 bits throughout it would be noise.
            #expect(correlation(gradient, expected) > 0.98, "class \(classID)")
        }
    }

    private func correlation(_ a: [Float], _ b: [Float]) -> Float {
        let (meanA, meanB) = (a.reduce(0, +) / Float(a.count), b.reduce(0, +) / Float(b.count))
        func product(_ x: [Float], _ mx: Float, _ y: [Float], _ my: Float) -> Float {
            zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
        }
        return product(a, meanA, b, meanB)
            / (product(a, meanA, a, meanA) * product(b, meanB, b, meanB)).squareRoot()
    }

    @Test(arguments: GradientGolden.names) func wholeNetsAreDifferentiatedDownToTheirInput(name: String)
        throws
    {
        let net = try GoldenNet(name, targets: ["picture"])
        let gradient = Array(try net.backward.gradient(ofClass: 1))
        let picture = try net.forward.inputTensor("picture")
        let pixels = try picture.bytes().bindMemory(to: Float.self)
        let y = try net.forward.outputTensor(net.golden.scores)
        let scores = try y.floats()
        let step: Float = 1e-3
        // Few pixels, and a step that seldom crosses a kink: a ReLU that switches makes a difference wrong.
        let errors = try stride(from: 0, to: pixels.count, by: 31).map { index in
            let middle = pixels[index]
            defer { pixels[index] = middle }
            let values = try [step, -step].map { step in
                pixels[index] = middle + step
                try net.forward.start()
                try net.forward.wait()
                return scores[1]
            }
            return abs((values[0] - values[1]) / (2 * step) - gradient[index])
        }
        let range = gradient.max()! - gradient.min()!
        #expect(range > 0 && errors.count { $0 > 0.01 * range } <= errors.count / 10, "\(errors) of \(range)")
    }

    /// Vectors of several classes add up: the gradient is linear in the seed.
    @Test func theGradientOfASumIsTheSumOfGradients() throws {
        let net = try GoldenNet("resnet")
        let (first, second) = (net.golden.gradients["1"]!, net.golden.gradients["4"]!)
        let sum = Array(try net.backward.gradient(weights: [0, 2, 0, 0, -1]))
        #expect(error(sum, zip(first, second).map { 2 * $0 - $1 }) < 1e-4)
    }

    /// The input, a tensor in the middle, and one behind both.
    @Test(arguments: GradientGolden.names) func severalTargetsAreDifferentiatedAtOnce(name: String) throws {
        let golden = try GradientGolden(name)
        let graph = try Model(contentsOf: GradientGolden.model(name)).graph
        let middle = try #require(graph.tensors(before: golden.target).last)
        let targets = ["picture", golden.target, middle]
        let several = try GoldenNet(name, targets: targets)
        let found = try several.backward.gradients(ofClass: 1).map { Array($0) }
        for (position, target) in targets.enumerated() {
            let alone = try GoldenNet(name, targets: [target])
            #expect(error(found[position], Array(try alone.backward.gradient(ofClass: 1))) < 1e-6, "\(target)")
            #expect(several.model.backward[0].gradient.targets[position].name == target)
        }
        #expect(try several.output(several.model.backward[0].gradient.targets[0].output) == golden.picture)
    }

    @Test(arguments: GradientGolden.names) func theGuidedGradientIsPyTorchs(name: String) throws {
        let net = try GoldenNet(name, targets: ["picture"], rectifier: .guided)
        #expect(error(Array(try net.backward.gradient(ofClass: 1)), net.golden.guided) < 1e-4)
    }

    /// Of nets of ReLUs, poolings and dense layers it is 0, which is known before anything is computed.
    @Test(arguments: GradientGolden.names) func theHessiansProductIsPyTorchs(name: String) throws {
        let net = try GoldenNet(name, order: .second)
        let golden = net.golden
        #expect(net.model.backward[0].gradient.isPiecewiseLinear == ["vgg", "resnet"].contains(name))
        var seed = [Float](repeating: 0, count: golden.logits.count)
        seed[1] = 1
        let found = try golden.activations.withUnsafeBufferPointer { activations in
            let (gradient, product) = try net.backward.hessianProduct(weights: seed, vector: activations)
            return (gradient: Array(gradient), product: Array(product))
        }
        #expect(error(found.gradient, golden.gradients["1"]!) < 1e-4)
        if let expected = golden.product {
            #expect(error(found.product, expected) < 1e-4)
        } else {
            #expect(found.product == [Float](repeating: 0, count: golden.activations.count))
        }
    }

    @Test func theSameFileGivesTheSameBackwardGraph() throws {
        let (one, other) = (try GoldenNet("mobilenet"), try GoldenNet("mobilenet"))
        let isSame = one.model.backward[0].gradient.backward == other.model.backward[0].gradient.backward
        #expect(isSame)
    }
}
