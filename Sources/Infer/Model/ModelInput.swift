import ONNX
import Pipeline

/// How a picture goes into the model, all questions answered: by the card, else by the file, else by defaults.
struct ModelInput: Equatable {
    var name: String
    var width: Int
    var height: Int
    var colour: ModelCard.Colour
    var isChannelsFirst: Bool
    var range: [Double]
    var mean: [Double]
    var std: [Double]
    var resize: ModelCard.Resize
    var cropFrom: Int?
    /// The card's keys that were not given and took defaults, as "key value", for the log.
    var defaults: [String] = []

    var channels: Int { colour == .grey ? 1 : 3 }

    /// Mean and standard deviation of ImageNet's pictures in 0...1, R G B: what most classifiers were trained with.
    static let imageNetMean = [0.485, 0.456, 0.406]
    static let imageNetStd = [0.229, 0.224, 0.225]

    /// - Throws: `InferError` where the card and the model's own input contradict each other.
    init(_ card: ModelCard.Input, _ graphInput: ImageInput, model: String) throws(InferError) {
        var defaults: [String] = []
        func choose<Value>(_ key: String, _ given: Value?, _ fallback: Value) -> Value {
            if given == nil { defaults.append("\(key) \(fallback)") }
            return given ?? fallback
        }
        name = graphInput.name
        isChannelsFirst = (card.layout?.tensorLayout ?? graphInput.layout) == .channelsFirst
        guard let size = card.size ?? graphInput.size else { throw .inputSizeUnknown(model: model) }
        for (given, own) in zip(size, [graphInput.height, graphInput.width]) where own != nil && own != given {
            throw .inputSizeDiffers(
                model: model, card: size, own: "\(graphInput.height ?? size[0])x\(graphInput.width ?? size[1])")
        }
        (height, width) = (size[0], size[1])
        let colour = card.color ?? (graphInput.channels == 1 ? .grey : .rgb)
        self.colour = colour
        if card.color == nil { defaults.append("color \(colour.rawValue)") }
        // A model that takes whole numbers takes them as they are.
        let takesBytes = graphInput.elementType == .uint8
        range = choose("range", card.range, takesBytes ? [0, 255] : [0, 1])
        let isGrey = colour == .grey
        // Channel values follow the card's channel order.
        func ordered(_ rgb: [Double]) -> [Double] {
            switch colour {
            case .rgb: rgb
            case .bgr: rgb.reversed()
            case .grey: [0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]]
            }
        }
        let channels = isGrey ? 1 : 3
        mean = choose("mean", card.mean, takesBytes ? Array(repeating: 0, count: channels) : ordered(Self.imageNetMean))
        std = choose("std", card.std, takesBytes ? Array(repeating: 1, count: channels) : ordered(Self.imageNetStd))
        for (key, values) in [("input.mean", mean), ("input.std", std)] where values.count != channels {
            let allowed = "one number for each of \(channels) channels"
            throw .card(.inFile(path: model, .outOfRange(key: key, value: "\(values)", allowed: allowed)))
        }
        resize = card.resize ?? .squash
        if card.resize == nil { defaults.append("resize \(resize.rawValue)") }
        cropFrom = card.cropFrom
        self.defaults = defaults
        guard graphInput.channels == channels else {
            throw .channelsDiffer(model: model, card: colour.rawValue, own: graphInput.channels)
        }
    }

    /// With mean and scale for 8-bit values, as the engine subtracts and divides them.
    var pictureInput: PictureInput {
        let span = range[1] - range[0]
        return PictureInput(
            name: name, height: height, width: width, channels: channels, isChannelsFirst: isChannelsFirst,
            mean: mean.map { Float(($0 - range[0]) * 255 / span) }, scale: std.map { Float($0 * 255 / span) })
    }
}

extension ImageInput {
    /// `[height, width]` in pixels; nil where the model takes any.
    fileprivate var size: [Int]? {
        guard let height, let width else { return nil }
        return [height, width]
    }
}

extension ModelCard.Layout {
    var tensorLayout: TensorLayout { self == .nchw ? .channelsFirst : .channelsLast }
}
