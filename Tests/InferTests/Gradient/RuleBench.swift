import Foundation
import ONNX
import Testing

@testable import Engine
@testable import Infer

/// A tiny graph around one operator: reads the variables x0, x1 and so on, makes y.
struct RuleCase: CustomTestStringConvertible, Sendable {
    let name: String
    /// Shapes of the variables; each is differentiated.
    let variables: [[Int]]
    let operatorSet: Int
    /// The smallest value of a variable; nil: as many are negative as positive.
    let smallest: Float?
    let write: @Sendable (inout GraphWriter) -> Void

    init(
        _ name: String, _ variables: [[Int]], operatorSet: Int = 18, from smallest: Float? = nil,
        _ write: @escaping @Sendable (inout GraphWriter) -> Void
    ) {
        self.name = name
        self.variables = variables
        self.operatorSet = operatorSet
        self.smallest = smallest
        self.write = write
    }

    /// One operator that reads all variables.
    static func plain(
        _ op: String, _ variables: [[Int]], _ attributes: [NodeAttribute] = [], operatorSet: Int = 18,
        from smallest: Float? = nil, named name: String? = nil
    ) -> RuleCase {
        RuleCase(name ?? op, variables, operatorSet: operatorSet, from: smallest) { graph in
            graph.add(op, variables.indices.map { "x\($0)" }, ["y"], attributes)
        }
    }

    var testDescription: String { name }

    func model() throws -> Model {
        var graph = GraphWriter()
        for (position, shape) in variables.enumerated() { graph.input("x\(position)", TensorType(shape: shape)) }
        write(&graph)
        graph.output("y")
        let bytes = try graph.serialized(operatorSet: operatorSet, name: name)
        return try Model(bytes, file: name, folder: FileManager.default.temporaryDirectory)
    }
}

/// Numbers for tests: in no order, all different, 1/16 apart, none of them 0.
///
/// So no step of a central difference (1/128) crosses a kink at 0 or changes which of two is the greater.
func testNumbers(_ count: Int, from smallest: Float? = nil, seed: Int = 1) -> [Float] {
    var generator = SplitMix(state: UInt64(seed) &* 0x9e37_79b9_7f4a_7c15)
    let start = smallest ?? (Float(1) / 32 - Float((count + 1) / 2) / 16)
    return (0..<count).shuffled(using: &generator).map { start + Float($0) / 16 }
}

/// Steele et al. 2014: the same numbers everywhere.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// Runs tiny graphs and their gradients.
enum RuleBench {
    static let properties = [
        "NUM_STREAMS": "1", "INFERENCE_NUM_THREADS": "1", "INFERENCE_PRECISION_HINT": "f32",
    ]

    static func differentiated(
        _ model: consuming Model, _ wish: GradientWish, properties: [String: String] = properties
    ) throws -> DifferentiatedModel {
        let compiler = ModelCompiler(file: model.file, core: try .shared(), properties: properties)
        let types = try compiler.types(model, before: wish.scores, input: nil)
        return try DifferentiatedModel(model, [wish], types: types, input: nil, compiler: compiler)
    }

    struct Outcome {
        /// What the graph makes.
        let y: [Float]
        /// By the rules, of each variable.
        let gradients: [[Float]]
        /// By a central difference, of each variable.
        let differences: [[Float]]
    }

    /// Weights of y's elements, which do not add up to 0.
    static func seed(_ count: Int) -> [Float] {
        testNumbers(count, from: -0.25, seed: 7).map { $0 / Float(count).squareRoot() }
    }

    /// The gradients of Σ seed · y.
    ///
    /// - Parameters:
    ///   - values: of the variables; nil: test numbers.
    ///   - seed: one for each element of y; nil: test numbers.
    static func differentiate(
        _ rule: RuleCase, at values: [[Float]]? = nil, seed: [Float]? = nil
    ) throws -> Outcome {
        let names = rule.variables.indices.map { "x\($0)" }
        let model = try differentiated(try rule.model(), GradientWish(targets: names, scores: "y"))
        let forward = try InferRequest(model.forward)
        let backward = try BackwardPass(model.backward[0], of: forward)
        let tensors = Tensors()
        let memory = try names.enumerated().map { position, name in
            let floats = try tensors.keep(try forward.inputTensor(name))
            let count = rule.variables[position].reduce(1, *)
            let start = values?[position] ?? testNumbers(count, from: rule.smallest, seed: position + 1)
            _ = floats.update(fromContentsOf: start)
            return floats
        }
        let y = try tensors.keep(try forward.outputTensor("y"))
        let seed = seed ?? self.seed(y.count)
        func run() throws {
            try forward.start()
            try forward.wait()
        }
        try run()
        let first = Array(y)
        let gradients = try backward.gradients(weights: seed).map { Array($0) }

        let step: Float = 1 / 128
        let differences = try memory.map { x in
            try x.indices.map { index in
                let middle = x[index]
                defer { x[index] = middle }
                // In doubles: the sum's rounding would be divided by the step.
                let sums = try [step, -step].map { step in
                    x[index] = middle + step
                    try run()
                    return zip(seed, y).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
                }
                return Float((sums[0] - sums[1]) / Double(2 * step))
            }
        }
        return Outcome(y: first, gradients: gradients, differences: differences)
    }

    /// The greatest difference; infinite where the counts differ.
    static func worst(_ found: [Float], _ expected: [Float]) -> Float {
        guard found.count == expected.count else { return .infinity }
        return zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
    }

    /// Keeps tensors, and with them the memory that they show.
    private final class Tensors {
        private var owners: [Owner] = []

        func keep(_ tensor: consuming TensorMemory) throws -> UnsafeMutableBufferPointer<Float> {
            let floats = try tensor.bytes().bindMemory(to: Float.self)
            owners.append(Owner(tensor))
            return floats
        }

        private final class Owner {
            private let tensor: TensorMemory
            init(_ tensor: consuming TensorMemory) { self.tensor = tensor }
        }
    }
}
