import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Infer

struct ModelCardTests {
    private func decode(_ text: String) throws -> ModelCard {
        let card = try YAMLFile.decode(ModelCard.self, text: text, name: "card.yaml")
        try card.validate()
        return card
    }

    @Test func allKeysAreRead() throws {
        let card = try decode(
            """
            name: Test
            model: test.onnx
            input: {size: [192, 256], layout: NHWC, color: BGR, range: [0, 255], mean: [1, 2, 3], std: [4, 5, 6],
                    resize: crop, crop-from: 300}
            labels: [cat, dog]
            layer: features
            """)
        #expect(card.name == "Test" && card.model == "test.onnx" && card.layer == "features")
        #expect(card.input.size == [192, 256] && card.input.layout == .nhwc && card.input.color == .bgr)
        #expect(card.input.mean == [1, 2, 3] && card.input.std == [4, 5, 6] && card.input.range == [0, 255])
        #expect(card.input.resize == .crop && card.input.cropFrom == 300)
        #expect(card.labels == .list(["cat", "dog"]))
    }

    @Test func labelsMayBeAFile() throws {
        #expect(try decode("labels: names.txt").labels == .file("names.txt"))
    }

    @Test(arguments: [
        (
            "input: {meen: [0, 0, 0]}",
            "card.yaml: unknown setting 'input.meen'; did you mean 'mean'? Allowed here: size, layout, color, "
                + "range, mean, std, resize, interpolation, pad, place, crop-from"
        ),
        ("input: {color: RBG}", "card.yaml: input.color cannot be 'RBG'; did you mean 'RGB'? Allowed: RGB, BGR, GRAY"),
        ("input: {size: 224}", "card.yaml: input.size must be a list"),
        ("name: [", "card.yaml: not valid YAML"),
    ])
    func aMistakeIsNamedWithItsKey(text: String, message: String) {
        let error = #expect(throws: ConfigError.self) { try decode(text) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: [
        ("input: {size: [0, 224]}", "input.size cannot be '[0, 224]'; allowed: [height, width], each 1 to 4096"),
        ("input: {range: [1, 0]}", "input.range cannot be '[1.0, 0.0]'; allowed: [low, high], low below high"),
        (
            "input: {mean: [0, 0]}",
            "input.mean cannot be '[0.0, 0.0]'; allowed: one number for each of 3 channels, or of 1"
        ),
        ("input: {std: [1, 0, 1]}", "input.std cannot be '[1.0, 0.0, 1.0]'; allowed: numbers above 0"),
        ("about: {top-1: 101}", "about.top-1 cannot be '101.0'; allowed: 0 to 100 percent"),
    ])
    func aValueOutOfRangeIsNamedWithWhatIsAllowed(text: String, message: String) {
        let error = #expect(throws: ConfigError.self) { try decode(text) }
        #expect(error?.description == message)
    }

    @Test func everyCommittedCardIsValidAndItsLabelsAreThere() throws {
        let folder = checkout.appending(path: "configs/models")
        let cards = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        #expect(cards.count >= 2)
        for name in cards {
            let card = try YAMLFile.decode(ModelCard.self, path: folder.appending(path: name).path)
            try card.validate()
            guard case .file(let labels) = card.labels else { continue }
            let text = try String(contentsOf: folder.appending(path: labels), encoding: .utf8)
            #expect(text.split(whereSeparator: \.isNewline).count == 1000)
        }
    }
}
