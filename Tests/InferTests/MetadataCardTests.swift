import Testing

@testable import Infer

struct MetadataCardTests {
    @Test func aModelMayCarryItsCard() throws {
        let metadata = ["camstream.card": "input: {color: BGR}\nlabels: [a, b]"]
        let card = try #require(try MetadataCard.read(metadata, model: "m.onnx"))
        #expect(card.input.color == .bgr && card.labels == .list(["a", "b"]))
    }

    @Test func theFormatsOwnKeysAreUnderstood() throws {
        let metadata = ["Image.BitmapPixelFormat": "Bgr8", "Image.NominalPixelRange": "NominalRange_0_255"]
        let card = try #require(try MetadataCard.read(metadata, model: "m.onnx"))
        #expect(card.input.color == .bgr && card.input.range == [0, 255])
        #expect(card.input.mean == [0, 0, 0] && card.input.std == [1, 1, 1])
    }

    @Test func otherMetadataAreNoCard() throws {
        #expect(try MetadataCard.read(["author": "somebody"], model: "m.onnx") == nil)
    }

    @Test func aMistakeNamesTheModel() {
        let error = #expect(throws: InferError.self) {
            try MetadataCard.read(["camstream.card": "inputs: 3"], model: "m.onnx")
        }
        #expect(
            error?.description == """
                model card m.onnx (metadata camstream.card): unknown setting 'inputs'; allowed here: name, model, input, \
                labels, layer, about
                """)
    }
}
