import Foundation
package import Pipeline

/// What makes a kept recording verifiable, and its tracks readable: one line of JSON among the file's tags, and the first line of
/// the sidecar.
package struct KeptFacts: Codable, Sendable, Equatable {
    /// Raised when readers of an earlier one would misread a file.
    package static let newestFormat = 1

    package var format = Self.newestFormat
    /// The version of the program that wrote it.
    package var camstream: String
    package var model: Model
    /// Size in pixels of the upright picture.
    package var width: Int
    package var height: Int
    /// Numbers of streams, over all of the file's, from 0: the copied video, the labels to read, the `KeptRecord`s.
    package var video: Int
    package var labels: Int
    package var records: Int
    package var heat: [HeatTrack]
    /// What the numbers of the classes are; nil: probabilities.
    package var reading: ScoreReading?
    /// The heat that a line is drawn around; nil: none is.
    package var level: Float?
    /// By whole name, such as "overlay.colormap".
    package var settings: [String: JSONValue]

    package struct Model: Codable, Sendable, Equatable {
        package var name: String
        /// Of the ONNX file, in hexadecimal digits.
        package var sha256: String
        /// The path of a card that was named; nil: the one beside the model, or none.
        package var card: String?

        package init(name: String, sha256: String, card: String? = nil) {
            (self.name, self.sha256, self.card) = (name, sha256, card)
        }
    }

    /// One grey track.
    package struct HeatTrack: Codable, Sendable, Equatable {
        package var stream: Int
        /// What made the maps, as settings and as papers write it.
        package var method: String
        package var methodTitle: String
        /// The tensors that were mapped; none where it is the picture itself.
        package var layers: [String]
        /// What the maps cover, in pixels of the upright picture: `[x, y, width, height]`.
        package var region: [Double]
        package var grid: HeatGrid

        package init(
            stream: Int, method: String, methodTitle: String, layers: [String], region: Region, grid: HeatGrid
        ) {
            (self.stream, self.method, self.methodTitle, self.layers) = (stream, method, methodTitle, layers)
            self.region = [region.x, region.y, region.width, region.height]
            self.grid = grid
        }
    }

    package init(
        camstream: String, model: Model, width: Int, height: Int, video: Int, labels: Int, records: Int,
        heat: [HeatTrack], reading: ScoreReading? = nil, level: Float? = nil, settings: [String: JSONValue]
    ) {
        (self.reading, self.level) = (reading, level)
        (self.camstream, self.model, self.width, self.height) = (camstream, model, width, height)
        (self.video, self.labels, self.records) = (video, labels, records)
        (self.heat, self.settings) = (heat, settings)
    }

    /// One line.
    package var line: String {
        // Nothing in it that JSON has no word for.
        (try? JSONText.compact.text(["camstream_kept": self])) ?? ""
    }

    /// - Parameter tag: a tag of a file.
    /// - Returns: nil if it is no such line.
    package init?(line tag: String) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let facts = try? decoder.decode([String: KeptFacts].self, from: Data(tag.utf8)).values.first else {
            return nil
        }
        self = facts
    }

    /// The tags that may hold the line: Matroska takes any, MP4 and QuickTime those of their lists.
    package static let tags = ["CAMSTREAM", "description", "comment"]

    /// The facts among a file's tags; nil: it is no kept recording.
    package init?(tags found: [String: String]) {
        let facts = Self.tags.lazy.compactMap { tag in
            found.first { $0.key.caseInsensitiveCompare(tag) == .orderedSame }.flatMap { KeptFacts(line: $0.value) }
        }
        guard let first = facts.first else { return nil }
        self = first
    }
}
