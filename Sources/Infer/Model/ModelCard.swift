package import Detect
package import Pipeline

/// What a classifier needs beside its graph: how a picture goes in, and what the classes are called.
package struct ModelCard: Decodable, Sendable, Equatable {
    package var name: String?
    /// nil: seen from the graph.
    package var task: Task?
    /// The ONNX file, relative to the card.
    package var model: String?
    package var input = Input()
    package var labels: Labels?
    /// Of the labels, those that stand for nothing of the others.
    package var negative: [String]?
    /// The tensor to map; nil: found from the graph.
    package var layer: String?
    /// The output to explain, or a tensor before it; nil: the one that looks like scores.
    package var output: String?
    /// What makes probabilities of an output that is a map; nil: seen from the graph.
    package var activation: MapActivation?
    /// Of an anomaly model whose values are not normalised in the graph.
    package var anomaly: Anomaly?
    /// How a detector writes its boxes; nil: seen from its outputs.
    package var decoder: BoxDecoder?
    /// Of the decoder `ssd`.
    package var boxFormat: BoxFormat?
    package var about = About()

    /// Where the classifier comes from and how good it is, for people; nothing is computed from it.
    package struct About: Decodable, Sendable, Equatable {
        /// What it was trained and measured on, such as "ImageNet-1k".
        package var dataset: String?
        /// Share of the data's test pictures whose class it names, in percent.
        package var top1: Double?
        /// An SPDX identifier, or words.
        package var licence: String?
        package var source: String?

        package init() {}

        private enum Key: String, CodingKey, CaseIterable {
            case dataset, licence, source
            case top1 = "top-1"
        }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.strictContainer(keyedBy: Key.self)
            dataset = try fields.decodeIfPresent(String.self, forKey: .dataset)
            top1 = try fields.decodeIfPresent(Double.self, forKey: .top1)
            licence = try fields.decodeIfPresent(String.self, forKey: .licence)
            source = try fields.decodeIfPresent(String.self, forKey: .source)
        }
    }

    package struct Input: Decodable, Sendable, Equatable {
        /// `[height, width]` in pixels; nil: the model's own.
        package var size: [Int]?
        package var layout: Layout?
        package var color: Colour?
        /// What 0...255 is mapped to before mean and std.
        package var range: [Double]?
        /// One value a channel, in the order of `color`.
        package var mean: [Double]?
        package var std: [Double]?
        package var resize: Resize?
        /// With `resize: crop`: the length that the shorter side is scaled to before `size` is cut from the middle.
        package var cropFrom: Int?
        package var interpolation: Interpolation?
        /// With `resize: letterbox`: what borders are filled with, a grey of 0...255; nil: the mean.
        package var pad: Double?
        /// With `resize: letterbox`: where the picture lies between the borders.
        package var place: Place?

        package init() {}

        private enum Key: String, CodingKey, CaseIterable {
            case size, layout, color, range, mean, std, resize, interpolation, pad, place
            case cropFrom = "crop-from"
        }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.strictContainer(keyedBy: Key.self)
            size = try fields.decodeIfPresent([Int].self, forKey: .size)
            layout = try fields.decodeChoiceIfPresent(Layout.self, forKey: .layout)
            color = try fields.decodeChoiceIfPresent(Colour.self, forKey: .color)
            range = try fields.decodeIfPresent([Double].self, forKey: .range)
            mean = try fields.decodeIfPresent([Double].self, forKey: .mean)
            std = try fields.decodeIfPresent([Double].self, forKey: .std)
            resize = try fields.decodeChoiceIfPresent(Resize.self, forKey: .resize)
            cropFrom = try fields.decodeIfPresent(Int.self, forKey: .cropFrom)
            pad = try fields.decodeIfPresent(Double.self, forKey: .pad)
            place = try fields.decodeChoiceIfPresent(Place.self, forKey: .place)
            interpolation = try fields.decodeChoiceIfPresent(Interpolation.self, forKey: .interpolation)
        }
    }

    package enum Layout: String, Sendable, CaseIterable {
        case nchw = "NCHW"
        case nhwc = "NHWC"
    }
    package enum Colour: String, Sendable, CaseIterable {
        case rgb = "RGB"
        case bgr = "BGR"
        case grey = "GRAY"
    }
    package enum Resize: String, Sendable, CaseIterable {
        /// The whole picture, whatever its shape.
        case squash
        /// The middle of the picture.
        case crop
        /// The whole picture in its shape, with borders.
        case letterbox
    }

    package enum Place: String, Sendable, CaseIterable {
        case centre = "center"
        case topLeft = "top-left"
    }

    /// The classes' names: a list, names by their numbers, or a file of them (`LabelText`), relative to the card.
    package enum Labels: Decodable, Sendable, Equatable {
        case list([String])
        case file(String)

        package init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let path = try? value.decode(String.self) {
                self = .file(path)
            } else if let numbered = try? value.decode([Int: String].self) {
                let names = (0..<numbered.count).compactMap { numbered[$0] }
                guard !names.isEmpty, names.count == numbered.count else {
                    throw ConfigError.outOfRange(
                        key: "labels",
                        value: "\(numbered.keys.sorted().prefix(3).map { "\($0)" }.joined(separator: ", "))…",
                        allowed: "numbers from 0 on, each once")
                }
                self = .list(names)
            } else {
                self = .list(try value.decode([String].self))
            }
        }
    }

    package init() {}

    init(labels: [String]) { self.labels = .list(labels) }

    private enum Key: String, CodingKey, CaseIterable {
        case name, task, model, input, labels, negative, layer, output, activation, anomaly, decoder
        case boxFormat = "box-format"
        case about
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: Key.self)
        name = try fields.decodeIfPresent(String.self, forKey: .name)
        task = try fields.decodeChoiceIfPresent(Task.self, forKey: .task)
        model = try fields.decodeIfPresent(String.self, forKey: .model)
        input = try fields.decodeIfPresent(Input.self, forKey: .input) ?? input
        labels = try fields.decodeIfPresent(Labels.self, forKey: .labels)
        negative = try Self.names(fields, .negative)
        layer = try fields.decodeIfPresent(String.self, forKey: .layer)
        output = try fields.decodeIfPresent(String.self, forKey: .output)
        activation = try fields.decodeChoiceIfPresent(MapActivation.self, forKey: .activation)
        self.decoder = try fields.decodeChoiceIfPresent(BoxDecoder.self, forKey: .decoder)
        boxFormat = try fields.decodeChoiceIfPresent(BoxFormat.self, forKey: .boxFormat)
        anomaly = try fields.decodeIfPresent(Anomaly.self, forKey: .anomaly)
        about = try fields.decodeIfPresent(About.self, forKey: .about) ?? about
    }

    /// A name, or a list of names.
    private static func names(_ fields: KeyedDecodingContainer<Key>, _ key: Key) throws -> [String]? {
        if let name = try? fields.decodeIfPresent(String.self, forKey: key) { return [name] }
        return try fields.decodeIfPresent([String].self, forKey: key)
    }

    package func validate() throws(ConfigError) {
        if let size = input.size {
            guard size.count == 2, size.allSatisfy({ (1...4096).contains($0) }) else {
                throw .outOfRange(key: "input.size", value: "\(size)", allowed: "[height, width], each 1 to 4096")
            }
        }
        if let range = input.range {
            guard range.count == 2, range.allSatisfy(\.isFinite), range[0] < range[1] else {
                throw .outOfRange(key: "input.range", value: "\(range)", allowed: "[low, high], low below high")
            }
        }
        for (key, values) in [("input.mean", input.mean), ("input.std", input.std)] {
            // How many there must be depends on the model, too.
            if let values, !(values.count == 1 || values.count == 3) || !values.allSatisfy(\.isFinite) {
                throw .outOfRange(key: key, value: "\(values)", allowed: "one number for each of 3 channels, or of 1")
            }
        }
        if let std = input.std, std.contains(where: { $0 <= 0 }) {
            throw .outOfRange(key: "input.std", value: "\(std)", allowed: "numbers above 0")
        }
        if let top1 = about.top1, !(0...100).contains(top1) {
            throw .outOfRange(key: "about.top-1", value: "\(top1)", allowed: "0 to 100 percent")
        }
        if let pad = input.pad, !(0...255).contains(pad) {
            throw .outOfRange(key: "input.pad", value: "\(pad)", allowed: "a grey, 0 to 255")
        }
        try anomaly?.validate()
        if let cropFrom = input.cropFrom, !(1...8192).contains(cropFrom) {
            throw .outOfRange(key: "input.crop-from", value: "\(cropFrom)", allowed: "1 to 8192")
        }
    }
}
