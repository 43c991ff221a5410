package import Infer
import Pipeline

/// Where a classifier that was made here comes from, for people and tools: the key `camstream.fit` of its metadata. It has
/// no date, so that the same pictures give the same file.
package struct Provenance: Codable, Sendable, Equatable {
    package static let key = MetadataCard.fitKey

    package struct Class: Codable, Sendable, Equatable {
        package let name: String
        /// Learnt from.
        package let examples: Int
        package let tested: Int

        package init(name: String, examples: Int, tested: Int) {
            (self.name, self.examples, self.tested) = (name, examples, tested)
        }
    }

    package struct Origin: Codable, Sendable, Equatable {
        package let name: String
        package let sha256: String
        package let licence: String?
        package let source: String?
    }

    package let program: String
    package let backbone: Origin
    package let classes: [Class]
    /// `DataList.checksum`.
    package let dataSHA256: String
    package let views: Int
    package let l2: Double
    package let temperature: Double
    /// Of examples that were not learnt from: how many, and how many of them are named right; nil: there are none.
    package let tested: Int?
    package let correct: Int?

    package init(
        program: String, backbone: Backbone, classes: [Class], dataSHA256: String, views: Int, l2: Double,
        temperature: Double, tested: Int?, correct: Int?
    ) {
        self.program = program
        self.backbone = Origin(
            name: backbone.name, sha256: backbone.checksum, licence: backbone.about.licence,
            source: backbone.about.source)
        (self.classes, self.dataSHA256, self.views) = (classes, dataSHA256, views)
        (self.l2, self.temperature, self.tested, self.correct) = (l2, temperature, tested, correct)
    }

    /// As JSON.
    package func text() throws -> String { try JSONText.pretty.text(self) }
}
