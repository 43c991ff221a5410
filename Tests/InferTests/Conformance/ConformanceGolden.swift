import Foundation
import TestSupport

/// A small classifier with random weights, and its maps by pytorch-grad-cam, by torch-cam and by the papers' formulas:
/// Tests/Fixtures/conformance/generate.py makes them.
struct ConformanceGolden: Decodable, Sendable {
    let scores: String
    /// 8-bit RGB `[12, 16, 3]`.
    let pixels: [UInt8]
    let logits: [Float]
    let layers: [String: Layer]
    let maps: [Map]
    /// Methods that go down to the picture.
    let inputs: [Map]

    struct Layer: Decodable, Sendable {
        let tensor: String
        /// `[channels, height, width]`; class tokens are left out.
        let shape: [Int]
        /// The tensor itself is `[1, 1 + height * width, channels]`, with a class token.
        let tokens: Bool
        let activations: [Float]
        /// dy_c/dA of every class.
        let gradients: [[Float]]
    }

    /// One method's raw map of one class, `[height, width]`: neither rectified nor scaled.
    struct Map: Decodable, Sendable {
        let method: String
        let layer: String?
        let classID: Int
        let formula: [Float]?
        let pytorchGradCAM: [Float]?
        /// As the library gives it out: rectified, scaled to 0...1, enlarged to `[12, 16]`.
        let pytorchGradCAMFinal: [Float]?
        let pytorchGradCAMError: String?
        let torchCAM: [Float]?

        private enum CodingKeys: String, CodingKey {
            case method, layer, formula
            case classID = "class"
            case pytorchGradCAM = "pytorch-grad-cam"
            case pytorchGradCAMFinal = "pytorch-grad-cam final"
            case pytorchGradCAMError = "pytorch-grad-cam error"
            case torchCAM = "torch-cam"
        }
    }

    static let height = 12
    static let width = 16
    static let names = ["gap", "vgg", "squeeze", "silu", "vit"]
    static let all = Result {
        try names.map { name in
            (name: name, golden: try JSONDecoder().decode(Self.self, from: Data(contentsOf: file("\(name).json"))))
        }
    }

    static func file(_ name: String) -> URL { checkout.appending(path: "Tests/Fixtures/conformance/\(name)") }

    static func named(_ name: String) throws -> ConformanceGolden {
        try all.get().first { $0.name == name }!.golden
    }
}

/// Captum's own test net of Grad-CAM, and what captum computes on it: captum_net.py beside generate.py makes it.
struct CaptumGolden: Decodable {
    /// `[4, 4]`.
    let picture: [Float]
    let bentPicture: [Float]
    /// Maps at the convolution and behind its ReLU, `[2, 2]`.
    let conv1: [Float]
    let relu1: [Float]
    /// `[2, 2, 2]`.
    let perChannel: [Float]
    /// At the convolution's input, of the bent picture, `[4, 4]`.
    let input: [Float]
    /// Guided Grad-CAM, enlarged to nearest pixels, `[4, 4]`.
    let guided: [Float]
    /// At the convolution, of the picture plus 1.
    let sumOfTwo: [Float]

    init() throws {
        self = try JSONDecoder().decode(
            Self.self, from: Data(contentsOf: ConformanceGolden.file("captum.json")))
    }
}
