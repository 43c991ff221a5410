import Pipeline

extension ModelCard {
    /// What a model is for.
    package enum Task: String, Sendable, CaseIterable {
        /// Which class a picture is of; maps are computed.
        case classify
        /// The output is the map: anomaly, segmentation, saliency, depth.
        case map
        /// Boxes of things.
        case detect
    }

    /// How the values of an output that is a map are meant.
    package enum MapActivation: String, Sendable, CaseIterable {
        /// One class a place.
        case softmax
        /// Each class by itself.
        case sigmoid
        /// As they are.
        case unchanged = "none"
    }

    /// How the values of an anomaly model are normalised: (x - threshold) / scale + 0.5, clipped to 0...1, as anomalib does
    /// it (`anomalib/utils/normalization/min_max.py`).
    package struct Anomaly: Decodable, Sendable, Equatable {
        /// From which on a place counts as anomalous.
        package var pixelThreshold: Double
        /// The same of a picture.
        package var imageThreshold: Double
        /// Smallest and largest values that were seen, of places and of pictures.
        package var pixelScale: Double
        package var imageScale: Double
        /// The output that is the picture's score; nil: as anomalib names it, else the map's largest value.
        package var score: String?

        package init(
            pixelThreshold: Double, imageThreshold: Double, pixelScale: Double, imageScale: Double,
            score: String? = nil
        ) {
            (self.pixelThreshold, self.imageThreshold) = (pixelThreshold, imageThreshold)
            (self.pixelScale, self.imageScale, self.score) = (pixelScale, imageScale, score)
        }

        private enum Key: String, CodingKey, CaseIterable {
            case threshold, scale, score
            case imageThreshold = "image-threshold"
            case imageScale = "image-scale"
        }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.strictContainer(keyedBy: Key.self)
            pixelThreshold = try fields.decode(Double.self, forKey: .threshold)
            pixelScale = try fields.decode(Double.self, forKey: .scale)
            imageThreshold = try fields.decodeIfPresent(Double.self, forKey: .imageThreshold) ?? pixelThreshold
            imageScale = try fields.decodeIfPresent(Double.self, forKey: .imageScale) ?? pixelScale
            score = try fields.decodeIfPresent(String.self, forKey: .score)
        }

        func validate() throws(ConfigError) {
            for (key, value) in [("threshold", pixelThreshold), ("image-threshold", imageThreshold)]
            where !value.isFinite {
                throw .outOfRange(key: "anomaly.\(key)", value: "\(value)", allowed: "a number")
            }
            for (key, value) in [("scale", pixelScale), ("image-scale", imageScale)]
            where !(value.isFinite && value > 0) {
                throw .outOfRange(key: "anomaly.\(key)", value: "\(value)", allowed: "a number above 0")
            }
        }
    }
}
