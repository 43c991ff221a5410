import Pipeline

/// What timm, Hugging Face and Ultralytics say of a model, under their own keys: in the model's metadata, or in JSON files
/// beside it.
struct ExporterFacts {
    var card = ModelCard()
    /// What is there and cannot be used.
    private(set) var notes: [String] = []

    /// The keys that are understood.
    static let keys: Set<String> = [
        "pretrained_cfg", "config", "preprocessor_config", "id2label", "label_names", "label_descriptions", "labels",
        "names", "class_names", "classes", "mean", "std", "image_mean", "image_std", "input_size", "imgsz", "size",
        "crop_size", "crop_pct", "crop_mode", "do_center_crop", "do_rescale", "rescale_factor", "rescale_offset",
        "do_normalize", "do_flip_channel_order", "interpolation", "resample",
    ]

    /// - Parameters:
    ///   - facts: a map.
    ///   - size: `[height, width]` of the model's input; nil: open.
    init(_ facts: Literal, size: [Int]?) {
        // What stands outside is read later and counts more.
        for key in ["pretrained_cfg", "preprocessor_config", "config"] {
            guard let inner = facts[key], case .map = inner else { continue }
            let found = ExporterFacts(inner, size: size)
            card = MergedCard([card, found.card].map { CardSource(name: "", card: $0, file: "") }).card
            notes += found.notes
        }
        readLabels(facts)
        readSize(facts, size)
        readNumbers(facts)
        readInterpolation(facts)
        do throws(ConfigError) {
            try card.validate()
        } catch {
            card.input = ModelCard.Input()
            notes.append("what is said of the input is left out: \(error)")
        }
    }

    // MARK: Classes

    private mutating func readLabels(_ facts: Literal) {
        for key in ["id2label", "label_names", "names", "class_names", "labels", "classes"] where card.labels == nil {
            guard let given = facts[key], given.text == nil else { continue }
            guard var names = LabelText.list(given) else {
                // In these two nothing else can stand.
                if key == "id2label" || key == "label_names" {
                    notes.append(
                        "\(key) is left out: it is neither a list of names nor names by their numbers from 0 on")
                }
                continue
            }
            // Where no names were given, Hugging Face makes them up.
            if names.indices.allSatisfy({ names[$0] == "LABEL_\($0)" }) { continue }
            // timm's names are synsets, and are described beside them.
            if let described = facts["label_descriptions"] {
                names = names.map { name in described[name]?.text ?? name }
            }
            card.labels = .list(names)
        }
    }

    // MARK: Size and crop

    private mutating func readSize(_ facts: Literal, _ own: [Int]?) {
        if let size = (facts["input_size"] ?? facts["imgsz"]).flatMap(Self.pair) { card.input.size = size }
        let cut = facts["crop_size"].flatMap(Self.pair)
        let scaled = facts["size"].flatMap(Self.pair)
        let shorter = facts["size"].flatMap { $0["shortest_edge"]?.whole ?? $0.whole }
        let isCut = facts["do_center_crop"]?.flag ?? (cut != nil && facts["do_center_crop"] == nil)
        if isCut, let size = cut ?? scaled {
            card.input.size = size
            card.input.resize = .crop
            card.input.cropFrom = shorter ?? scaled?.min()
        } else if let scaled, card.input.size == nil {
            card.input.size = scaled
            // Both sides are given: whatever the picture's shape. timm's and Ultralytics' are one number.
            if facts["size"]?["height"] != nil { card.input.resize = .squash }
        } else if let shorter, card.input.size == nil {
            card.input.size = [shorter, shorter]
        }
        readShare(facts, own)
    }

    /// timm, and ConvNeXt at Hugging Face: the input is this share of the scaled picture's shorter side.
    private mutating func readShare(_ facts: Literal, _ own: [Int]?) {
        switch facts["crop_mode"]?.text {
        case "squash": card.input.resize = .squash
        case "border": card.input.resize = .letterbox
        default:
            guard let share = facts["crop_pct"].flatMap({ $0.number ?? $0.text.flatMap(Double.init) }) else { return }
            guard (0.05...1).contains(share) else {
                return notes.append("crop_pct \(share) is left out: it is no share of 0.05 to 1")
            }
            guard let side = (own ?? card.input.size)?.min() else { return }
            // Hugging Face scales larger ones whole.
            let isWhole = facts["size"]?["shortest_edge"] != nil && side >= 384
            card.input.resize = isWhole ? .squash : .crop
            card.input.cropFrom = Int((Double(side) / share).rounded(.down))
        }
    }

    /// `[height, width]` of `[height, width]`, `[3, height, width]`, `{"height": …, "width": …}` or one number.
    private static func pair(_ literal: Literal) -> [Int]? {
        if let height = literal["height"]?.whole, let width = literal["width"]?.whole { return [height, width] }
        if let side = literal.whole { return [side, side] }
        guard let numbers = literal.wholes, (1...3).contains(numbers.count) else { return nil }
        return numbers.count == 1 ? [numbers[0], numbers[0]] : Array(numbers.suffix(2))
    }

    // MARK: Numbers

    private mutating func readNumbers(_ facts: Literal) {
        if facts["do_rescale"]?.flag == false {
            card.input.range = [0, 255]
        } else if let factor = facts["rescale_factor"]?.number, factor > 0 {
            let offset: Double = facts["rescale_offset"]?.flag == true ? -1 : 0
            // 1/255 is written with fewer digits than it has.
            let high = 255 * factor
            card.input.range = [offset, (abs(high - high.rounded()) < 1e-6 ? high.rounded() : high) + offset]
        }
        let isNormalised = facts["do_normalize"]?.flag
        if isNormalised == false {
            (card.input.mean, card.input.std) = ([0], [1])
        } else {
            let mean = channels("mean", "image_mean", facts)
            let std = channels("std", "image_std", facts)
            // One alone may mean anything.
            if let mean, let std, std.allSatisfy({ $0 > 0 }) {
                (card.input.mean, card.input.std) = (mean, std)
                card.input.range = card.input.range ?? [0, 1]
            }
        }
        if facts["do_flip_channel_order"]?.flag == true { card.input.color = .bgr }
    }

    private mutating func channels(_ first: String, _ second: String, _ facts: Literal) -> [Double]? {
        for key in [first, second] {
            guard let given = facts[key] else { continue }
            if let numbers = given.numbers, numbers.count == 1 || numbers.count == 3 { return numbers }
            if case .list = given {
                notes.append("\(key) is left out: it is not one number for each of 3 channels, or of 1")
            }
        }
        return nil
    }

    private mutating func readInterpolation(_ facts: Literal) {
        guard let given = facts["interpolation"] ?? facts["resample"] else { return }
        // Pillow's numbers.
        let word =
            given.text?.lowercased() ?? given.whole.flatMap { Self.pillow.indices.contains($0) ? Self.pillow[$0] : nil }
        switch word {
        case .some(let word) where Interpolation(rawValue: word) != nil:
            card.input.interpolation = Interpolation(rawValue: word)
        // Either of two, by chance, in training.
        case "random": card.input.interpolation = .bilinear
        default:
            let said = word ?? given.whole.map(String.init) ?? "\(given)"
            let shown = Printable.beginning(said, upTo: 40)
            notes.append("interpolation '\(shown)' is left out: there is none of that name here")
        }
    }

    private static let pillow = ["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"]
}
