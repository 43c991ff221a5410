package import Pipeline

/// Which boxes of a detector count, and how their heat is drawn.
package struct DetectConfig: Decodable, Sendable, Equatable {
    package enum Track: String, CaseIterable, Sendable {
        /// Objects keep their numbers, colours and maps from picture to picture.
        case on
        /// Each picture is by itself.
        case off
    }

    package enum Heat: String, CaseIterable, Sendable {
        /// The hottest of the boxes' maps at each place.
        case all
        /// The boxes' maps together.
        case sum
        /// Each box's map inside it alone.
        case box
        /// Where objects were over the last minutes.
        case dwell

        /// How the boxes' maps become one; nil: none of them is drawn.
        package var join: BoxHeat.Join? {
            switch self {
            case .all: .highest
            case .sum: .sum
            case .box: .inside
            case .dwell: nil
            }
        }
    }

    /// 0...1.
    package var minScore = 0.25
    package var maxBoxes = 20
    /// 0...1, of two boxes of a class.
    package var overlap = 0.45
    package var track = Track.on
    package var heat = Heat.all
    /// Of a box's sides: so much on each of them.
    package var cropMargin = 0.1

    package static let settings: [SettingDescriptor<DetectConfig>] = [
        .init(
            \.minScore, "min-score", .number(0...1), viewers: "Least score",
            "A detector's boxes with a lower score are left out, 0 to 1."),
        .init(
            \.maxBoxes, "max-boxes", .whole(1...100), viewers: "Most boxes",
            "The largest number of boxes in a frame, those with the highest scores; the map of each takes time."),
        .init(
            \.overlap, "overlap", .number(0...1, step: 0.05),
            "Of two boxes of a class that overlap by more (shared area to the area of both, 0 to 1), the better one stays."
        ),
        .init(
            \.track, "track", .word,
            "Follow objects, so that each keeps its number, its colour and its map; off: each frame is by itself."),
        .init(
            \.heat, "heat", .word, viewers: "Heat",
            "What is drawn of the boxes' maps: all of them, their sum, each inside its box, or where objects were over the last "
                + "minutes."),
        .init(
            \.cropMargin, "crop-margin", .number(0...1), viewers: "Margin",
            "How much of the picture around each box the classifier sees, too: a share of the box's width and height on each side."
        ),
    ]

    package init() {}

    package init(from decoder: any Decoder) throws { try Self.settings.decode(from: decoder, into: &self) }

    package func validate() throws(ConfigError) { try Self.settings.check(self, in: "detect") }

    /// What the detector is to be asked for: where objects are followed, also the boxes with a low score that a half hidden one
    /// goes on with.
    ///
    /// - Parameter classes: nil: all.
    package func rule(classes: Set<Int>? = nil) -> DetectionRule {
        let least = Float(minScore)
        return DetectionRule(
            minScore: track == .on ? BoxTracker.lowScore(for: least) : least, maxBoxes: maxBoxes, overlap: overlap,
            classes: classes)
    }
}
