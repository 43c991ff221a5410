import Foundation
import ONNX
import Testing

@testable import Engine
@testable import Infer

/// Grad-CAM against the numbers that captum gives on the net of its own tests.
struct CaptumTests {
    private let golden: CaptumGolden

    init() throws { golden = try CaptumGolden() }

    /// The net with a picture run through it.
    private final class Net {
        private let gradient: Gradient
        private let forward: InferRequest
        private let backward: BackwardPass

        init(_ picture: [Float], target: String, rectifier: Rectifier = .plain) throws {
            let model = try RuleBench.differentiated(
                try Model(contentsOf: ConformanceGolden.file("captum.onnx").path),
                GradientWish(targets: [target], scores: "relu2", rectifier: rectifier))
            gradient = model.backward[0].gradient
            forward = try InferRequest(model.forward)
            backward = try BackwardPass(model.backward[0], of: forward)
            let memory = try forward.inputTensor("picture")
            _ = try memory.bytes().bindMemory(to: Float.self).update(fromContentsOf: picture)
            try forward.start()
            try forward.wait()
        }

        func classGradient() throws -> [Float] { Array(try backward.gradient(ofClass: 0)) }

        func withEvidence<Value>(_ body: (Evidence) throws -> Value) throws -> Value {
            let target = gradient.targets[0]
            let memory = try forward.outputTensor(target.output)
            return try body(
                Evidence(
                    activations: try memory.floats(), gradients: try backward.gradient(ofClass: 0),
                    channels: target.type.shape[1], height: target.type.shape[2], width: target.type.shape[3]))
        }

        func gradCAM() throws -> [Float] { try withEvidence { GradCAM(MethodOptions()).map($0) } }
    }

    @Test func gradCAMAtAConvolutionAndBehindItsReLU() throws {
        #expect(try Net(golden.picture, target: "conv1").gradCAM() == golden.conv1)
        #expect(try Net(golden.picture, target: "relu1").gradCAM() == golden.relu1)
    }

    @Test func eachChannelsShareOfGradCAM() throws {
        let shares = try Net(golden.picture, target: "conv1").withEvidence { evidence in
            zip(0..., evidence.meanGradients).flatMap { channel, weight in
                evidence.activations(ofChannel: channel).map { $0 * weight }
            }
        }
        #expect(shares == golden.perChannel)
    }

    @Test func gradCAMAtTheInput() throws {
        let map = try Net(golden.bentPicture, target: "picture").gradCAM()
        #expect(map == golden.input)
        #expect(map == golden.bentPicture.map { $0 * 0.5625 })
    }

    @Test func gradCAMOfAPictureThatIsASum() throws {
        #expect(try Net(golden.picture.map { $0 + 1 }, target: "conv1").gradCAM() == golden.sumOfTwo)
    }

    /// Captum enlarges to the nearest pixel.
    @Test func guidedGradCAM() throws {
        let region = try Net(golden.picture, target: "relu1").gradCAM().map { max(0, $0) }
        let detail = try Net(golden.picture, target: "picture", rectifier: .guided).classGradient()
        let product = (0..<16).map { place -> Float in
            let (row, column) = (place / 4, place % 4)
            return detail[place] * region[row / 2 * 2 + column / 2]
        }
        #expect(product == golden.guided)
    }
}
