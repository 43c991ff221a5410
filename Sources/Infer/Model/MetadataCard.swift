import ONNX
import Pipeline

/// What an ONNX file's `metadata_props` say of its input and classes: a card under the key `camstream.card`, ONNX's own
/// keys for image inputs (onnx/docs/MetadataProps.md), what Ultralytics writes, and timm's and Hugging Face's words.
package struct MetadataCard {
    package static let cardKey = "camstream.card"
    /// What a model has that was made here.
    package static let fitKey = "camstream.fit"

    /// In the order in which they count.
    private(set) var sources: [CardSource] = []
    /// What is there and cannot be read, a line each.
    package private(set) var notes: [String] = []

    /// - Parameters:
    ///   - model: the file, for messages and relative paths.
    ///   - size: `[height, width]` of the model's input; nil: open.
    /// - Throws: only for a camstream card that is wrong; other programs' keys may mean something else.
    package init(_ metadata: [String: String], model: String, size: [Int]? = nil) throws(InferError) {
        if let text = metadata[Self.cardKey] {
            let name = "metadata \(Self.cardKey)"
            do throws(ConfigError) {
                var card = try YAMLFile.decode(ModelCard.self, text: text, name: "\(model) (\(name))")
                do throws(ConfigError) {
                    try card.validate()
                } catch {
                    throw .inFile(path: "\(model) (\(name))", error)
                }
                if metadata[Self.fitKey] != nil { card.nameNegatives() }
                sources.append(CardSource(name: name, card: card, file: model, isCard: true))
            } catch {
                throw .card(error)
            }
        }
        imageKeys(metadata, model)
        exporterKeys(metadata, model, size)
    }

    // MARK: ONNX's keys, which Azure Custom Vision and WinML write

    private mutating func imageKeys(_ metadata: [String: String], _ model: String) {
        let keys = Dictionary(metadata.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
        let format = "Image.BitmapPixelFormat"
        if let value = keys[format.lowercased()] {
            let colour: ModelCard.Colour? =
                switch value.lowercased() {
                case "rgb8", "rgba8": .rgb
                case "bgr8", "bgra8": .bgr
                case "gray8": .grey
                default: nil
                }
            add(format, model, value, colour) { $0.input.color = $1 }
        }
        let nominal = "Image.NominalPixelRange"
        if let value = keys[nominal.lowercased()] {
            let range: [Double]? =
                switch value.lowercased() {
                case "nominalrange_0_255": [0, 255]
                case "normalized_0_1": [0, 1]
                case "normalized_1_1": [-1, 1]
                case "nominalrange_16_235": [16, 235]
                default: nil
                }
            add(nominal, model, value, range) { card, range in
                // It says what the graph takes: nothing more is taken off before it.
                (card.input.range, card.input.mean, card.input.std) = (range, [0], [1])
            }
        }
        let gamma = "Image.ColorSpaceGamma"
        if let value = keys[gamma.lowercased()], value.lowercased() != "srgb" {
            notes.append(
                "metadata \(gamma) \(Printable.beginning(value, upTo: 40)): pictures go in as they are all the same, which is sRGB's curve"
            )
        }
    }

    private mutating func add<Value>(
        _ key: String, _ model: String, _ text: String, _ value: Value?, _ set: (inout ModelCard, Value) -> Void
    ) {
        guard let value else {
            notes.append("metadata \(key) is left out: '\(Printable.beginning(text, upTo: 40))' is none of its words")
            return
        }
        var card = ModelCard()
        set(&card, value)
        sources.append(CardSource(name: "metadata \(key)", card: card, file: model))
    }

    // MARK: Exporters' own keys

    private mutating func exporterKeys(_ metadata: [String: String], _ model: String, _ size: [Int]?) {
        let isUltralytics =
            metadata["author"] == "Ultralytics" || metadata["description"]?.hasPrefix("Ultralytics") == true
        var entries: [Literal.Entry] = []
        for key in ExporterFacts.keys.sorted() {
            guard let text = metadata[key] else { continue }
            do throws(Literal.Defect) {
                entries.append(Literal.Entry(key: .text(key), value: try Literal(text)))
            } catch {
                // Plain words are texts; what was to be a list and is none is told.
                if let first = text.first, "[({".contains(first) {
                    notes.append("metadata \(key) is left out: \(error)")
                } else {
                    entries.append(Literal.Entry(key: .text(key), value: .text(text)))
                }
            }
        }
        var facts = ExporterFacts(.map(entries), size: size)
        if isUltralytics {
            let task = metadata["task"] ?? ""
            if ["detect", "segment", "pose", "obb"].contains(task) { facts.card.task = .detect }
            if task != "detect", task != "classify", !task.isEmpty {
                notes.append("metadata task: '\(Printable.beginning(task, upTo: 40))', so this is no classifier")
            }
            // Pictures in 0...1, and nothing else (ultralytics/data/augment.py, classify_transforms).
            facts.card.input.color = facts.card.input.color ?? .rgb
            facts.card.input.range = [0, 1]
            facts.card.input.mean = facts.card.input.mean ?? [0]
            facts.card.input.std = facts.card.input.std ?? [1]
        }
        notes += facts.notes.map { "metadata \($0)" }
        guard facts.card != ModelCard() else { return }
        let name = isUltralytics ? "metadata of Ultralytics" : "metadata"
        sources.append(CardSource(name: name, card: facts.card, file: model, channelOrder: .rgb))
    }
}
