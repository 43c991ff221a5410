import Foundation
import Testing

@testable import Infer
@testable import ONNX

/// Each rule against a central difference, computed by the engine in 32-bit floats.
struct GradientRuleTests {
    @Test(arguments: RuleCase.all) func theGradientIsTheCentralDifference(rule: RuleCase) throws {
        for variable in rule.variables.indices {
            let outcome = try RuleBench.differentiate(rule, variable: variable)
            #expect(outcome.gradient.count == outcome.expected.count)
            // The difference is off by the third derivative · step² / 6, about 1e-5 of it, and by the rounding of y over
            // the step, about 1e-5.
            let worst = zip(outcome.gradient, outcome.expected).map { abs($0 - $1) }.max() ?? .nan
            let tolerance = 1e-3 * max(1, outcome.expected.map { abs($0) }.max() ?? 0)
            #expect(worst < tolerance, "x\(variable): \(outcome.gradient) is not \(outcome.expected)")
            #expect(outcome.expected.contains { $0 != 0 })
        }
    }

    @Test func everyRuleHasACase() throws {
        let tested = try Set(RuleCase.all.flatMap { try $0.model().graph.nodes.map(\.op) })
        // Rounding is a staircase, whose central difference tells nothing: the test below.
        #expect(Set(RuleTable.rules.keys).subtracting(tested).sorted() == ["DequantizeLinear", "QuantizeLinear"])
    }

    @Test func roundingLetsTheGradientThrough() throws {
        let rule = RuleCase("rounding", [[2, 3, 2]]) { graph in
            graph.constant("scale", [0.25, 0.5, 2], shape: [3])
            graph.add("QuantizeLinear", ["x0", "scale"], ["steps"], [.int("axis", 1)])
            graph.add("DequantizeLinear", ["steps", "scale"], ["rounded"], [.int("axis", 1)])
            graph.add("Identity", ["rounded"], ["y"])
        }
        let seed = RuleBench.seed(12)
        let gradient = try RuleBench.differentiate(rule, variable: 0).gradient
        #expect(zip(gradient, seed).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    /// After a ReLU all of a window may be 0: the gradient goes to its first place, as PyTorch has it, not to each.
    @Test func equalMaximaSendTheGradientToTheFirst() throws {
        let rule = RuleCase("equal maxima", [[1, 1, 4, 4]]) { graph in
            graph.constant("low", [-8 as Float], shape: [])
            graph.add("Min", ["x0", "low"], ["flat"])  // -8 everywhere
            graph.add("MaxPool", ["flat"], ["y"], [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2])])
        }
        let model = try RuleBench.differentiated(
            try rule.model(), GradientWish(targets: ["flat"], scores: "y"))
        let forward = try InferRequest(model.forward)
        let backward = try BackwardPass(model.backward[0], of: forward)
        try forward.inputTensor("x0").bytes().bindMemory(to: Float.self).update(repeating: 0)
        try forward.start()
        try forward.wait()
        let gradient = Array(try backward.gradient(weights: [1, 2, 3, 4]))
        #expect(gradient == [1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0])
    }
}
