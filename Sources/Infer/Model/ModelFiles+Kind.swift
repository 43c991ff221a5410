import ONNX

extension ModelFiles {
    /// What the model gives out in the place of classes' scores; nil: it is a classifier.
    var ownOutput: String? { isDetector ? "boxes" : maps == nil ? nil : "its map" }

    /// For what chooses methods or layers.
    ///
    /// - Throws: `.hasNoLayers`.
    func checkForMethods() throws(InferError) {
        if let ownOutput { throw .hasNoLayers(model: path, what: ownOutput) }
    }

    /// Whether neither a card nor the file says what values the model wants of pixels, so that they are those of most classifiers.
    var guessesValues: Bool {
        let said = card.input
        guard ownOutput == nil, said.range == nil, said.mean == nil, said.std == nil else { return false }
        return (try? pictureInput().own.elementType) != .uint8
    }

    /// How pictures go in: the model's own input, and what the card and others make of it.
    func pictureInput() throws(InferError) -> (own: ImageInput, input: ModelInput) {
        let own: ImageInput
        do throws(ONNXError) {
            own = try model.graph.imageInput(layout: card.input.layout?.tensorLayout)
        } catch {
            throw .model(error)
        }
        return (own, try ModelInput(card.input, own, model: path, sources: origins))
    }
}
