import Pipeline

/// What one source says of a model: a card, or metadata that stand in a card's place.
struct CardSource: Equatable {
    /// For the log, such as "m.yaml" or "metadata Image.NominalPixelRange".
    let name: String
    var card: ModelCard
    /// The file that relative paths start from.
    let file: String
    /// The file of labels that it names.
    var labelsFile: String?
    /// Whether a user wrote it for this model: what does not fit is an error then, else it is left out.
    var isCard = false
    /// Whether a user has named it, so that it may name files anywhere; others stay in their folder.
    var isNamedByUser = false
    /// Whether it is a file that only lies in the model's folder.
    var isBeside = false
    /// The order that mean and std are in; nil: that of the picture's colours, as in cards.
    var channelOrder: ModelCard.Colour?
}

/// What several sources say together, key by key: where two say something, the first one is right.
struct MergedCard {
    /// Paths of labels are as their source has them.
    var card = ModelCard()
    /// Which source each key's value came from.
    private(set) var sources: [String: CardSource] = [:]

    init(_ sources: [CardSource]) {
        for source in sources {
            take(\.name, "name", source)
            take(\.task, "task", source)
            take(\.model, "model", source)
            take(\.labels, "labels", source)
            take(\.negative, "negative", source)
            take(\.layer, "layer", source)
            take(\.output, "output", source)
            take(\.activation, "activation", source)
            take(\.anomaly, "anomaly", source)
            take(\.decoder, "decoder", source)
            take(\.boxFormat, "box-format", source)
            take(\.input.size, "size", source)
            take(\.input.layout, "layout", source)
            take(\.input.color, "color", source)
            take(\.input.range, "range", source)
            take(\.input.mean, "mean", source)
            take(\.input.std, "std", source)
            take(\.input.resize, "resize", source)
            take(\.input.cropFrom, "crop-from", source)
            take(\.input.pad, "pad", source)
            take(\.input.place, "place", source)
            take(\.input.interpolation, "interpolation", source)
            if card.about == ModelCard.About() { card.about = source.card.about }
        }
        orderChannels()
    }

    private mutating func take<Value>(
        _ path: WritableKeyPath<ModelCard, Value?>, _ key: String, _ source: CardSource
    ) {
        guard card[keyPath: path] == nil, let value = source.card[keyPath: path] else { return }
        card[keyPath: path] = value
        sources[key] = source
    }

    /// Puts mean and std into the order of the picture's colours, where their source had another.
    private mutating func orderChannels() {
        if isTurned("mean") { card.input.mean?.reverse() }
        if isTurned("std") { card.input.std?.reverse() }
    }

    private func isTurned(_ key: String) -> Bool {
        guard let order = sources[key]?.channelOrder else { return false }
        return (order == .bgr) != (card.input.color == .bgr)
    }
}
