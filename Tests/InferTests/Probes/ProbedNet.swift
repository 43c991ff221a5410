import Foundation
import ONNX
import Pipeline
import TestSupport
import Testing

@testable import Engine
@testable import Infer

/// A model with one picture of noise run through it, to be asked for raw maps.
struct ProbedNet {
    let classifier: CompiledClassifier
    let runners: ProbeRunners
    let passes: Passes

    init(
        _ path: String, method: String, layers: [String] = [], card: String? = nil, samples: Int? = nil, seed: Int = 1,
        precision: Precision = .f32, monitor: PassMonitor = PassMonitor()
    ) throws {
        var config = InferConfig()
        config.method = try #require(MethodName(rawValue: method))
        config.layers = layers
        config.precision = precision
        config.methodOptions.samples = samples
        config.methodOptions.seed = seed
        classifier = try CompiledClassifier(ReadModel(try ModelFiles(model: path, card: card)), config)
        runners = try ProbeRunners(classifier.probed, monitor)
        passes = try Passes(classifier, runners)
        var noise = Noise(3)
        for index in passes.input.indices { passes.input[index] = UInt8(truncatingIfNeeded: noise.next() >> 7) }
        try passes.start()
        try passes.wait()
    }

    func map(ofClass classID: Int, layer: Int = 0) throws -> [Float] {
        try classifier.methods[0].method.map(Subject(target: .score(classID), layer: layer, passes: passes)).values
    }

    /// x as the network reads it, Float `[3, height, width]`.
    var picture: [Float] {
        let area = classifier.input.height * classifier.input.width
        return (0..<3 * area).map { index in
            let (colour, place) = index.quotientAndRemainder(dividingBy: area)
            let value = Double(passes.input[place * 3 + colour]) / 255
            return Float((value - classifier.input.mean[colour]) / classifier.input.std[colour])
        }
    }

    var activations: [Float] { Array(passes.activations(of: 0)) }
    var logits: [Float] { Array(passes.logits) }
}

/// A net that is small enough to be computed here, too: a 1 × 1 convolution, ReLU and pooling make A `[4, 4, 4]` of a
/// picture `[3, 8, 8]`; channel 3 of A is the same everywhere. A dense layer makes five scores of it.
struct SmallNet {
    enum Form: CaseIterable {
        case plain
        /// The batch of 1 stands in the file.
        case fixedBatch
        /// Takes a batch, but what one picture gets then depends on the others.
        case mixingPictures
        /// Takes no batch: the graph asks for one picture's number of elements.
        case onePicture

        var takesBatches: Bool { self == .plain || self == .fixedBatch }
    }

    static let size = 8
    static let classes = 5

    private let kernel: [Float] = testNumbers(12, seed: 2).enumerated().map { $0 < 9 ? $1 : 0 }
    private let bias: [Float] = [0.1, -0.2, 0.3, 0.5]
    private let weights = testNumbers(320, seed: 3).map { $0 / 8 }
    private let scoreBias: [Float] = [1, -1, 0.5, 0, 2]

    /// - Returns: Float `[4, 4, 4]` of a picture `[3, 8, 8]`.
    func activations(_ picture: [Float]) -> [Float] {
        (0..<64).map { index in
            let (channel, row, column) = (index / 16, index / 4 % 4, index % 4)
            let values = [0, 1, 8, 9].map { offset -> Float in
                let place = row * 16 + column * 2 + offset
                let sum = (0..<3).reduce(bias[channel]) { $0 + kernel[channel * 3 + $1] * picture[$1 * 64 + place] }
                return max(0, sum)
            }
            return values.reduce(0, +) / 4
        }
    }

    /// - Returns: Float `[5]` of A.
    func head(_ activations: [Float]) -> [Float] {
        (0..<5).map { row in
            zip(weights[row * 64..<(row + 1) * 64], activations).reduce(scoreBias[row]) { $0 + $1.0 * $1.1 }
        }
    }

    func scores(_ picture: [Float]) -> [Float] { head(activations(picture)) }

    /// - Parameter tail: writes what comes behind the scores "y" and makes "scores".
    func write(
        _ form: Form = .plain, to folder: TemporaryFolder, tail: ((inout GraphWriter) -> Void)? = nil
    ) throws -> String {
        var graph = GraphWriter()
        graph.input("x", TensorType(shape: [1, 3, 8, 8]))
        graph.constant("kernel", kernel, shape: [4, 3, 1, 1])
        graph.constant("bias", bias, shape: [4])
        graph.constant("weights", weights, shape: [5, 64])
        graph.constant("scoreBias", scoreBias, shape: [5])
        graph.add("Conv", ["x", "kernel", "bias"], ["convolved"])
        graph.add("Relu", ["convolved"], ["positive"])
        graph.add(
            "AveragePool", ["positive"], ["A"], [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2])])
        switch form {
        case .plain, .mixingPictures: graph.add("Flatten", ["A"], ["flat"])
        case .fixedBatch, .onePicture:
            graph.constant("shape", [1, 64], shape: [2])
            graph.add("Reshape", ["A", "shape"], ["flat"])
        }
        graph.add("Gemm", ["flat", "weights", "scoreBias"], ["y"], [.int("transB", 1)])
        var last = "y"
        switch form {
        case .plain, .fixedBatch: break
        case .mixingPictures:
            // 2 y - (mean of y over the batch): y for one picture.
            graph.constant("two", [2] as [Float], shape: [])
            graph.add("ReduceMean", ["y"], ["mean"], [.ints("axes", [0])])
            graph.add("Mul", ["y", "two"], ["double"])
            graph.add("Sub", ["double", "mean"], ["mixed"])
            last = "mixed"
        case .onePicture:
            // The same with a matrix product that fits one picture only.
            graph.constant("one", [1] as [Float], shape: [1, 1])
            graph.add("MatMul", ["one", "y"], ["product"])
            last = "product"
        }
        if let tail {
            tail(&graph)
            last = "scores"
        }
        graph.output(last)
        let bytes = try graph.serialized(operatorSet: 13, name: "small")
        return try folder.write(bytes, to: "small.onnx")
    }
}

/// Whether numbers agree within a share of the expected ones' range.
func agree(_ found: [Float], _ expected: [Float], within tolerance: Float = 1e-4) -> Bool {
    guard found.count == expected.count, let low = expected.min(), let high = expected.max() else { return false }
    return zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * (high - low) }
}

extension ProbedNet {
    /// The layer to name; none for a method that maps the picture itself.
    static func layers(_ layer: String, for method: String) -> [String] { method == "rise" ? [] : [layer] }
}
