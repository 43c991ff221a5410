package import Infer

/// The classifier whose features a set is taught with: what must be the same, and how to find it again.
package struct TaughtBackbone: Sendable, Equatable {
    /// For people.
    package var name: String
    /// As it was named: an ONNX file, a card, or a name of `camstream models`; an absolute path where it is a file.
    package var model: String
    /// A card that stands elsewhere than beside it; an absolute path.
    package var card: String?
    /// Of the ONNX file, in hexadecimal digits.
    package var sha256: String
    /// The classifier's input, in pixels.
    package var width: Int
    package var height: Int
    package var colour: ModelCard.Colour
    /// Whatever else decides what its features are of a picture, as a text.
    package var preprocessing: String
    /// How many features a picture has.
    package var channels: Int

    package init(
        name: String, model: String, card: String?, sha256: String, width: Int, height: Int, colour: ModelCard.Colour,
        preprocessing: String, channels: Int
    ) {
        (self.name, self.model, self.card, self.sha256) = (name, model, card, sha256)
        (self.width, self.height, self.colour) = (width, height, colour)
        (self.preprocessing, self.channels) = (preprocessing, channels)
    }

    /// - Parameters:
    ///   - model: as it was named, see there.
    package init(_ backbone: Backbone, model: String, card: String?) {
        let input = backbone.input
        self.init(
            name: backbone.name, model: model, card: card, sha256: backbone.checksum, width: input.width,
            height: input.height, colour: input.colour,
            preprocessing: "range \(input.range), mean \(input.mean), std \(input.std), \(input.resize.rawValue)"
                + (input.cropFrom.map { " from \($0)" } ?? "")
                + ", \((input.interpolation ?? .bilinear).rawValue)",
            channels: backbone.channels)
    }

    /// Of a picture as the classifier gets it.
    var pixelBytes: Int { width * height * coloursOfPixel }
    var coloursOfPixel: Int { colour == .grey ? 1 : 3 }

    /// What makes features of the two differ, for people; nil: nothing.
    func difference(to other: TaughtBackbone) -> String? {
        func differ(_ what: String, _ one: some Equatable, _ other: some Equatable) -> String? {
            "\(one)" == "\(other)" ? nil : "\(what) \(one), now \(other)"
        }
        if sha256 != other.sha256 {
            return name == other.name ? "another file of the name \(name)" : "\(name), now \(other.name)"
        }
        return differ("input", "\(width)x\(height)", "\(other.width)x\(other.height)")
            ?? differ("features", channels, other.channels)
            ?? differ("colours", colour.rawValue, other.colour.rawValue)
            ?? differ("preprocessing", preprocessing, other.preprocessing)
    }

    /// As a set keeps them.
    var facts: [(key: String, value: String)] {
        [
            ("backbone.name", name), ("backbone.model", model), ("backbone.card", card ?? ""),
            ("backbone.sha256", sha256),
            ("backbone.width", "\(width)"), ("backbone.height", "\(height)"), ("backbone.colour", colour.rawValue),
            ("backbone.preprocessing", preprocessing), ("backbone.channels", "\(channels)"),
        ]
    }

    /// - Returns: nil where something is missing or makes no sense.
    init?(facts: [String: String]) {
        func text(_ key: String) -> String? { facts["backbone.\(key)"] }
        func count(_ key: String) -> Int? {
            text(key).flatMap { Int($0) }.flatMap { (1...65536).contains($0) ? $0 : nil }
        }
        guard let name = text("name"), let model = text("model"), let card = text("card"), let sha256 = text("sha256"),
            let width = count("width"), let height = count("height"),
            let colour = text("colour").flatMap({ ModelCard.Colour(rawValue: $0) }),
            let preprocessing = text("preprocessing"), let channels = count("channels")
        else { return nil }
        self.init(
            name: name, model: model, card: card.isEmpty ? nil : card, sha256: sha256, width: width, height: height,
            colour: colour, preprocessing: preprocessing, channels: channels)
    }
}
