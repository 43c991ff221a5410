import Foundation
import Testing

@testable import Engine
@testable import Infer
@testable import ONNX

/// Each rule against PyTorch and against a central difference, computed by the engine in 32-bit floats.
struct GradientRuleTests {
    @Test(arguments: try RuleGolden.all) func theGradientIsPyTorchs(golden: RuleGolden) throws {
        let outcome = try RuleBench.differentiate(
            golden.rule, at: golden.variables.map(\.values), seed: golden.seed)
        let range = { (values: [Float]) in max(1, values.map { abs($0) }.max() ?? 0) }
        if golden.isExact { #expect(RuleBench.worst(outcome.y, golden.y) < 1e-5 * range(golden.y)) }
        #expect(outcome.gradients.count == golden.gradients.count)
        for (position, (found, expected)) in zip(outcome.gradients, golden.gradients).enumerated() {
            #expect(
                RuleBench.worst(found, expected) < 2e-5 * range(expected), "x\(position): \(found) is not \(expected)")
            #expect(expected.contains { $0 != 0 })
        }
        guard golden.isExact else { return }
        for (found, difference) in zip(outcome.gradients, outcome.differences) {
            #expect(RuleBench.worst(found, difference) < 2e-3 * range(difference))
        }
    }

    @Test(arguments: RuleCase.all) func theGradientIsTheCentralDifference(rule: RuleCase) throws {
        let outcome = try RuleBench.differentiate(rule)
        // The difference is off by the third derivative · step² / 6, about 1e-5 of it, and by the rounding of y over
        // the step, about 1e-5.
        for (position, (found, expected)) in zip(outcome.gradients, outcome.differences).enumerated() {
            let tolerance = 1e-3 * max(1, expected.map { abs($0) }.max() ?? 0)
            #expect(RuleBench.worst(found, expected) < tolerance, "x\(position): \(found) is not \(expected)")
            #expect(expected.contains { $0 != 0 })
        }
    }

    @Test func everyRuleHasAGolden() throws {
        let golden = try Set(RuleGolden.all.flatMap(\.operators))
        #expect(Set(RuleTable.rules.keys).subtracting(golden).sorted() == [])
        let measured = try Set(RuleGolden.all.filter(\.isExact).flatMap(\.operators))
        // Rounding is a staircase, whose central difference tells nothing.
        #expect(golden.subtracting(measured).sorted() == ["DequantizeLinear", "QuantizeLinear"])
    }

    @Test func everyOperatorThatBroadcastsHasAGoldenOfThat() throws {
        let broadcast = try Set(RuleGolden.all.filter(\.isBroadcast).flatMap(\.operators))
        #expect(
            broadcast.isSuperset(of: [
                "Add", "Div", "Expand", "Gemm", "MatMul", "Max", "Mean", "Min", "Mod", "Mul", "PRelu", "Pow", "Sub",
                "Sum", "Where",
            ]))
    }

    /// After a ReLU all of a window may be 0: the gradient goes to its first place, as PyTorch has it, not to each.
    /// MaxPool says where its maxima are from operator set 8 on.
    @Test(arguments: [18, 7]) func equalMaximaSendTheGradientToTheFirst(operatorSet: Int) throws {
        let rule = RuleCase("equal maxima", [[1, 1, 4, 4]], operatorSet: operatorSet) { graph in
            graph.constant("zero", [0 as Float], shape: [])
            graph.add("Mul", ["x0", "zero"], ["flat"])
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
