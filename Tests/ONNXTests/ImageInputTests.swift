import Foundation
import ONNX
import TestSupport
import Testing

/// A convolution whose input has the shape as given: a number, a symbol, or "" for nothing.
private func model(_ shape: [String], kernelChannels: Int = 3, type: Int = 1) throws -> Graph {
    let dims = shape.flatMap {
        Wire.field(1, Int($0).map { Wire.field(1, $0) } ?? ($0.isEmpty ? [] : Wire.field(2, $0)))
    }
    let tensor = Wire.field(1, Wire.field(1, type) + Wire.field(2, dims))
    let kernel = Wire.initialiser(
        "kernel", [1, kernelChannels, 1, 1], type: 1, Wire.field(9, [UInt8](repeating: 0, count: 4 * kernelChannels)))
    return try Model(
        Wire.model(
            Wire.node("Identity", ["x"], ["y"]) + Wire.node("Conv", ["y", "kernel"], ["z"]) + kernel
                + Wire.field(11, Wire.field(1, "x") + Wire.field(2, tensor)) + Wire.output("z"))
    ).graph
}

struct ImageInputTests {
    @Test func aPlainInputIsDescribed() throws {
        let input = try Model(contentsOf: Fixtures.model("gap_gemm")).graph.imageInput()
        #expect(input.name == "image" && input.elementType == .float32 && input.layout == .channelsFirst)
        #expect(input.height == 16 && input.width == 16 && input.channels == 3 && input.batch == 1)
        #expect(try Model(contentsOf: Fixtures.model("fp16")).graph.imageInput().elementType == .float16)
    }

    @Test func channelsMayComeLast() throws {
        let input = try Model(contentsOf: Fixtures.model("nhwc_reducemean")).graph.imageInput()
        #expect(input.layout == .channelsLast && input.height == 16 && input.width == 16 && input.channels == 3)
    }

    @Test func openSizesAreOpen() throws {
        let input = try Model(contentsOf: Fixtures.model("dynamic")).graph.imageInput()
        #expect(input.height == nil && input.width == nil && input.batch == nil && input.channels == 3)
    }

    @Test func greyHasOneChannel() throws {
        #expect(try model(["1", "1", "28", "28"], kernelChannels: 1).imageInput().channels == 1)
        #expect(try model(["1", "28", "28", "1"], kernelChannels: 1).imageInput().layout == .channelsLast)
    }

    @Test func aShapeThatSaysNothingIsAsTheFirstConvolutionTakesIt() throws {
        let input = try model(["N", "C", "", ""]).imageInput()
        #expect(input.layout == .channelsFirst && input.channels == 3 && input.height == nil)
        #expect(try model(["N", "C", "", ""], kernelChannels: 1).imageInput().channels == 1)
    }

    @Test func theUsersLayoutWins() throws {
        let input = try model(["1", "3", "224", "3"]).imageInput(layout: .channelsLast)
        #expect(input.layout == .channelsLast && input.height == 3 && input.width == 224)
    }

    @Test func bytesAreTaken() throws {
        #expect(try model(["1", "3", "8", "8"], type: 2).imageInput().elementType == .uint8)
    }

    @Test(arguments: [
        ("two_inputs", "the model has 2 inputs ('image', 'prior'); a classifier with one image as input is needed"),
        (
            "not_an_image",
            "the model's input 'flat' has the shape [1, 4]; an image [N, 3, height, width] or [N, height, width, 3] is needed"
        ),
        (
            "four_channels",
            "the model's input 'image' has 4 channels (shape [1, 4, 16, 16], NCHW); "
                + "an image [N, 3, height, width] or [N, height, width, 3] is needed"
        ),
    ])
    func otherInputsAreNamed(_ name: String, _ expected: String) throws {
        let model = try Model(contentsOf: Fixtures.model(name))
        let error = #expect(throws: ONNXError.self) { try model.graph.imageInput() }
        #expect("\(try #require(error))" == "\(model.file): \(expected)")
    }

    @Test func numbersThatAreNoPixelsAreRefused() throws {
        let graph = try model(["1", "3", "8", "8"], type: 7)
        #expect(throws: ONNXError(file: "test.onnx", problem: .notAnImageInput("x", reason: "takes int64 numbers"))) {
            try graph.imageInput()
        }
    }

    @Test func aModelWithoutInputsIsRefused() throws {
        let graph = try Model(Wire.model(Wire.node("RandomNormal", [], ["x"]) + Wire.output("x"))).graph
        #expect(throws: ONNXError(file: "test.onnx", problem: .noInput)) { try graph.imageInput() }
    }
}
