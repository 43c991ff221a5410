import Foundation
import ONNX
import TestSupport

@testable import Engine
@testable import Infer

/// A small detector with random weights, and PyTorch's gradients of its class scores: Tests/Fixtures/generate_detectors.py
/// makes them.
struct DetectorGolden: Decodable, Sendable {
    struct Level: Decodable, Sendable {
        let name: String
        let shape: [Int]
    }

    struct Box: Decodable, Sendable {
        /// Of the class score.
        let element: Int
        /// Of the class's logit, with respect to each level; nil where it does not depend on it.
        let gradients: [[Float]?]
        /// LayerCAM of each level.
        let maps: [[Float]?]
        let joined: [Float]
    }

    /// The tensor with the class scores, and its values.
    let scores: String
    let values: [Float]
    let levels: [Level]
    let boxes: [Box]

    static let names = ["yolox", "yolov8", "yolov5", "end_to_end", "suppressed"]
    private static let folder = checkout.appending(path: "Tests/Fixtures/detectors")

    init(_ name: String) throws {
        self = try JSONDecoder().decode(
            Self.self, from: Data(contentsOf: Self.folder.appending(path: "\(name).json")))
    }

    static func model(_ name: String) throws -> Model {
        try Model(contentsOf: folder.appending(path: "\(name).onnx").path)
    }

    static let size = 64

    static var input: PictureInput {
        PictureInput(
            name: "images", height: size, width: size, channels: 3, isChannelsFirst: true, mean: [0, 0, 0],
            scale: [255, 255, 255])
    }

    /// The picture that the goldens are of.
    static var picture: [UInt8] {
        (0..<3 * size * size).map { (index: Int) -> UInt8 in
            let square = index * index % 251
            return UInt8((index * 7919 + square * 31) % 256)
        }
    }
}

/// A detector of Tests/Fixtures/detectors with its golden picture run through it.
final class GoldenDetector {
    let golden: DetectorGolden
    let read: ReadDetector
    let model: DetectorModel
    let passes: DetectorPasses

    init(_ name: String, method: MethodName = .auto) throws {
        golden = try DetectorGolden(name)
        read = try ReadDetector(try DetectorGolden.model(name), input: DetectorGolden.input)
        model = try DetectorModel(read, scores: golden.scores, method: method)
        passes = try DetectorPasses(model)
        try look(at: DetectorGolden.picture)
    }

    func look(at picture: [UInt8]) throws {
        passes.input.copyBytes(from: picture)
        try passes.start()
        try passes.wait()
    }
}
