package import Engine
import ONNX
import Pipeline

/// How a picture goes into the model, all questions answered: by the card, else by the file, else by defaults.
package struct ModelInput: Sendable, Equatable {
    package var name: String
    package var width: Int
    package var height: Int
    package var colour: ModelCard.Colour
    package var isChannelsFirst: Bool
    package var range: [Double]
    /// One a channel, in the order of `colour`; `std` as well.
    package var mean: [Double]
    package var std: [Double]
    package var resize: ModelCard.Resize
    package var cropFrom: Int?
    /// What borders are filled with, 0...255; nil: the mean.
    package var pad: Double?
    package var place: ModelCard.Place
    /// nil: bilinear, as fast as it goes.
    package var interpolation: Interpolation?
    /// Each of these values and where it came from, for the log.
    var account: [String] = []
    /// What was said and does not hold for this model.
    var notes: [String] = []

    package var channels: Int { colour.channels }

    /// Mean and standard deviation of ImageNet's pictures in 0...1, R G B: what most classifiers were trained with.
    static let imageNetMean = [0.485, 0.456, 0.406]
    static let imageNetStd = [0.229, 0.224, 0.225]

    /// - Parameter sources: where the card's keys came from; a key that is not named is the card's own.
    /// - Throws: `InferError` where the card and the model's own input contradict each other.
    init(
        _ card: ModelCard.Input, _ graphInput: ImageInput, model: String, sources: [String: CardSource] = [:]
    ) throws(InferError) {
        var account: [String] = []
        func note(_ key: String, _ text: String, isGiven: Bool, otherwise: String = "default") {
            account.append("\(key) \(text) (\(isGiven ? sources[key]?.name ?? "card" : otherwise))")
        }
        // What a card says must hold; metadata may be about another program's input.
        func isBinding(_ key: String) -> Bool { sources[key]?.isCard ?? true }
        name = graphInput.name
        isChannelsFirst = (card.layout?.tensorLayout ?? graphInput.layout) == .channelsFirst
        guard var size = card.size ?? graphInput.size else { throw .inputSizeUnknown(model: model) }
        var isSizeGiven = card.size != nil
        for (given, own) in zip(size, [graphInput.height, graphInput.width]) where own != nil && own != given {
            guard !isBinding("size"), let fixed = graphInput.size else {
                throw .inputSizeDiffers(
                    model: model, card: size, own: "\(graphInput.height ?? size[0])x\(graphInput.width ?? size[1])")
            }
            notes.append(
                "\(sources["size"]?.name ?? "") says input size \(size[0])x\(size[1]), the graph \(fixed[0])x\(fixed[1])"
                    + " (height x width), which holds")
            (size, isSizeGiven) = (fixed, false)
            break
        }
        (height, width) = (size[0], size[1])
        note("size", "\(height)x\(width)", isGiven: isSizeGiven, otherwise: "model")
        note("layout", isChannelsFirst ? "NCHW" : "NHWC", isGiven: card.layout != nil, otherwise: "model")
        var given = card.color
        if let said = given, said.channels != graphInput.channels, !isBinding("color") {
            notes.append(
                "\(sources["color"]?.name ?? "") says color \(said.rawValue), and the graph takes"
                    + " \(graphInput.channels) channel(s), which holds")
            given = nil
        }
        let colour = given ?? (graphInput.channels == 1 ? .grey : .rgb)
        self.colour = colour
        let channels = colour.channels
        note("color", colour.rawValue, isGiven: given != nil)
        // A model that takes whole numbers takes them as they are.
        let takesBytes = graphInput.elementType == .uint8
        range = card.range ?? (takesBytes ? [0, 255] : [0, 1])
        note("range", "\(range)", isGiven: card.range != nil)
        mean = Self.spread(card.mean, channels) ?? (takesBytes ? [0] : colour.ordered(Self.imageNetMean))
        std = Self.spread(card.std, channels) ?? (takesBytes ? [1] : colour.ordered(Self.imageNetStd))
        if takesBytes { (mean, std) = (Self.spread(mean, channels)!, Self.spread(std, channels)!) }
        note("mean", "\(mean)", isGiven: card.mean != nil)
        note("std", "\(std)", isGiven: card.std != nil)
        for (key, values) in [("mean", mean), ("std", std)] where values.count != channels {
            let allowed = "one number for each of \(channels) channels"
            let place = isBinding(key) ? model : "\(model) (\(sources[key]?.name ?? ""))"
            throw .card(.inFile(path: place, .outOfRange(key: "input.\(key)", value: "\(values)", allowed: allowed)))
        }
        resize = card.resize ?? .squash
        note("resize", resize.rawValue, isGiven: card.resize != nil)
        cropFrom = card.cropFrom
        if resize == .crop, let cropFrom { note("crop-from", "\(cropFrom)", isGiven: true) }
        (pad, place) = (card.pad, card.place ?? .centre)
        if resize == .letterbox {
            if let pad { note("pad", "\(pad)", isGiven: true) }
            if card.place != nil { note("place", place.rawValue, isGiven: true) }
        }
        interpolation = card.interpolation
        note("interpolation", (interpolation ?? .bilinear).rawValue, isGiven: card.interpolation != nil)
        self.account = account
        guard graphInput.channels == channels else {
            throw .channelsDiffer(model: model, card: colour.rawValue, own: graphInput.channels)
        }
    }

    /// One number for all channels, as many times as there are channels; other numbers as they are.
    private static func spread(_ values: [Double]?, _ channels: Int) -> [Double]? {
        guard let values, let first = values.first, values.allSatisfy({ $0 == first }) else { return values }
        return Array(repeating: first, count: channels)
    }

    /// With mean and scale for 8-bit values, as the engine subtracts and divides them.
    package var pictureInput: PictureInput {
        let span = range[1] - range[0]
        return PictureInput(
            name: name, height: height, width: width, channels: channels, isChannelsFirst: isChannelsFirst,
            mean: mean.map { Float(($0 - range[0]) * 255 / span) }, scale: std.map { Float($0 * 255 / span) })
    }
}

extension ModelCard.Colour {
    var channels: Int { self == .grey ? 1 : 3 }

    /// What is R G B in the order of these channels; for grey, as luma weighs them.
    fileprivate func ordered(_ rgb: [Double]) -> [Double] {
        switch self {
        case .rgb: rgb
        case .bgr: rgb.reversed()
        case .grey: [0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]]
        }
    }
}

extension ImageInput {
    /// `[height, width]` in pixels; nil where the model takes any.
    var size: [Int]? {
        guard let height, let width else { return nil }
        return [height, width]
    }
}

extension ModelCard.Layout {
    var tensorLayout: TensorLayout { self == .nchw ? .channelsFirst : .channelsLast }
}
