import Pipeline

/// A model card inside an ONNX file's `metadata_props`: the key `camstream.card` with a card's YAML text, and ONNX's own
/// keys for image inputs (onnx/docs/MetadataProps.md).
enum MetadataCard {
    static let cardKey = "camstream.card"

    /// - Returns: nil where the metadata say nothing of the input.
    static func read(_ metadata: [String: String], model: String) throws(InferError) -> ModelCard? {
        var card: ModelCard?
        if let text = metadata[cardKey] {
            do throws(ConfigError) {
                let decoded = try YAMLFile.decode(ModelCard.self, text: text, name: "\(model) (metadata \(cardKey))")
                try decoded.validate()
                card = decoded
            } catch {
                throw .card(error)
            }
        }
        let colour: ModelCard.Colour? =
            switch metadata["Image.BitmapPixelFormat"] {
            case "Rgb8": .rgb
            case "Bgr8": .bgr
            case "Gray8": .grey
            default: nil
            }
        let range: [Double]? =
            switch metadata["Image.NominalPixelRange"] {
            case "NominalRange_0_255": [0, 255]
            case "Normalized_0_1": [0, 1]
            case "Normalized_1_1": [-1, 1]
            default: nil
            }
        guard card != nil || colour != nil || range != nil else { return nil }
        var result = card ?? ModelCard()
        result.input.color = result.input.color ?? colour
        if let range, result.input.range == nil {
            result.input.range = range
            // A nominal range says what the graph takes: nothing more is taken off before it.
            let channels = result.input.color == .grey ? 1 : 3
            result.input.mean = result.input.mean ?? Array(repeating: 0, count: channels)
            result.input.std = result.input.std ?? Array(repeating: 1, count: channels)
        }
        return result
    }
}
