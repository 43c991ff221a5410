import Foundation
import TestSupport

/// A small net with random weights, and PyTorch's gradients of it: Tests/Fixtures/generate_gradients.py makes them.
struct GradientGolden: Decodable, Sendable {
    let target: String
    let scores: String
    /// Float `[1, 3, 16, 16]`.
    let picture: [Float]
    let logits: [Float]
    /// Of the target: `[1, channels, height, width]`.
    let shape: [Int]
    let activations: [Float]
    /// dy_c/dA for some classes.
    let gradients: [String: [Float]]
    /// H · A, H the Hessian of class 1's score with respect to A; nil where it is 0.
    let product: [Float]?
    /// The guided gradient of class 1's score with respect to the picture.
    let guided: [Float]

    static let names = ["vgg", "resnet", "mobilenet", "softplus", "logsoftmax", "attention"]

    private static let folder = checkout.appending(path: "Tests/Fixtures/gradients")

    init(_ name: String) throws {
        self = try JSONDecoder().decode(
            Self.self, from: Data(contentsOf: Self.folder.appending(path: "\(name).json")))
    }

    static func model(_ name: String) -> String { folder.appending(path: "\(name).onnx").path }
}
