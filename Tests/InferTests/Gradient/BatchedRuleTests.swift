import Foundation
import ONNX
import Testing

@testable import Engine
@testable import Infer

/// Gradients of several seeds at once against those of one after the other.
struct BatchedRuleTests {
    /// Convolutions whose kernels are turned around, and products that are a swish.
    private static let own: [RuleCase] = [
        convolution("uneven pads", [1, 4, 5, 6], [3, 4, 3, 3], [.ints("pads", [0, 1, 2, 0])]),
        convolution(
            "dilated", [1, 2, 7, 7], [3, 2, 3, 3], [.ints("dilations", [2, 1]), .ints("pads", [2, 1, 2, 1])]),
        convolution("groups", [1, 4, 5, 5], [6, 2, 3, 3], [.int("group", 2), .ints("pads", [1, 1, 1, 1])]),
        convolution("depthwise", [1, 4, 5, 5], [4, 1, 3, 3], [.int("group", 4), .ints("pads", [1, 1, 1, 1])]),
        convolution(
            "strides", [1, 4, 6, 6], [3, 4, 3, 3], [.ints("strides", [2, 2]), .ints("pads", [1, 1, 1, 1])]),
        convolution("many pads", [1, 2, 4, 4], [3, 2, 2, 2], [.ints("pads", [3, 3, 3, 3])]),
        RuleCase("swish", [[1, 3, 4, 4]]) { graph in
            graph.add("Sigmoid", ["x0"], ["gate"])
            graph.add("Mul", ["gate", "x0"], ["y"])
        },
        RuleCase("swish and its gate", [[1, 3, 4, 4]]) { graph in
            graph.add("Sigmoid", ["x0"], ["gate"])
            graph.add("Mul", ["x0", "gate"], ["product"])
            graph.add("Add", ["product", "gate"], ["y"])
        },
        RuleCase("parts of a split, one of them unread", [[1, 4, 3, 3]]) { graph in
            graph.constant("sizes", [1, 3], shape: [2])
            graph.add("Split", ["x0", "sizes"], ["left", "right"], [.int("axis", 1)])
            graph.add("Exp", ["right"], ["y"])
        },
    ]

    private static func convolution(
        _ name: String, _ input: [Int], _ weights: [Int], _ attributes: [NodeAttribute]
    ) -> RuleCase {
        RuleCase(name, [input]) { graph in
            graph.constant("w", testNumbers(weights.reduce(1, *), seed: 3), shape: weights)
            graph.add("Conv", ["x0", "w"], ["y"], attributes)
        }
    }

    /// All others whose variables are of one picture.
    private static var cases: [RuleCase] {
        own + RuleCase.all.filter { $0.variables.allSatisfy { $0.count > 2 && $0[0] == 1 } }
    }

    @Test(arguments: cases) func manySeedsAtOnceAreLikeOneByOne(rule: RuleCase) throws {
        let names = rule.variables.indices.map { "x\($0)" }
        let model = try rule.model()
        let compiler = ModelCompiler(file: model.file, core: try .shared(), properties: RuleBench.properties)
        let types = try compiler.types(model, before: "y", input: nil)
        guard types["y"]?.shape.first == 1 else { return }
        let path = try GradientPath(model.graph, from: names, to: "y")
        let gradient = try Gradient(along: path, types: types, isBatched: true)
        guard gradient.singleReason == nil else { return }
        var changed = model
        changed.graph = gradient.forward
        let forward = try InferRequest(try compiler.compile(changed, input: nil))
        let backward = try InferRequest(try compiler.compile([UInt8](gradient.backward), input: nil))
        for (position, name) in names.enumerated() {
            let numbers = testNumbers(
                rule.variables[position].reduce(1, *), from: rule.smallest, seed: position + 1)
            _ = try forward.inputTensor(name).bytes().bindMemory(to: Float.self).update(fromContentsOf: numbers)
        }
        try forward.start()
        try forward.wait()
        for (name, _) in gradient.residuals { try backward.setInput(name, to: try forward.outputTensor(name)) }
        let shape = try #require(types["y"]).shape
        let count = shape.reduce(1, *)
        let seeds = (0..<3).map { testNumbers(count, from: -0.25, seed: $0 + 7) }
        let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 3 * count)
        defer { memory.deallocate() }
        _ = memory.initialize(from: seeds.joined())
        try backward.setInput(Gradient.seed, to: try TensorMemory(lending: memory, shape: [3] + shape.dropFirst()))
        try backward.start()
        try backward.wait()
        let found = try names.indices.map { Array(try backward.outputTensor(Gradient.result($0)).floats()) }
        for (row, seed) in seeds.enumerated() {
            let expected = try RuleBench.differentiate(rule, seed: seed).gradients
            for (all, one) in zip(found, expected) {
                let tolerance = 1e-4 * max(1, one.map { abs($0) }.max() ?? 0)
                let part = Array(all[min(all.count, row * one.count)..<min(all.count, (row + 1) * one.count)])
                #expect(all.count == 3 * one.count && RuleBench.worst(part, one) < tolerance, "seed \(row)")
            }
        }
    }

    @Test func mostRulesBearSeveralSeeds() {
        #expect(Self.cases.count > Self.own.count + 20)
    }
}
