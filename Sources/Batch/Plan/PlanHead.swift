package import Pipeline

/// The first line of a plan: what holds for all of its jobs.
package struct PlanHead: Codable, Sendable, Equatable {
    /// Raised when readers of an earlier one would misread a plan.
    package static let newestFormat = 1

    package var format = Self.newestFormat
    /// The version of the program that planned it; only the same one runs it.
    package var camstream: String
    /// Where results go: an absolute path.
    package var folder: String
    package var model: Model
    /// As config files write them: by stage and key.
    package var settings: JSONValue

    package struct Model: Codable, Sendable, Equatable {
        /// Of the ONNX file or the card that names it: an absolute path.
        package var path: String
        /// Likewise of a card that was named; nil: the one beside the model, or none.
        package var card: String?
        /// Likewise of a detector in whose boxes it looks; nil: there is none.
        package var detector: String?
        /// All that is read: the ONNX files, cards and labels.
        package var files: [File]

        package init(path: String, card: String?, detector: String? = nil, files: [File]) {
            (self.path, self.card, self.detector, self.files) = (path, card, detector, files)
        }
    }

    /// A file by its absolute path and its content.
    package struct File: Codable, Sendable, Equatable {
        package var path: String
        package var sha256: String

        package init(path: String, sha256: String) { (self.path, self.sha256) = (path, sha256) }
    }

    package init(camstream: String, folder: String, model: Model, settings: JSONValue) {
        (self.camstream, self.folder, self.model, self.settings) = (camstream, folder, model, settings)
    }

    /// What the settings and the model's files come to: results of plans that agree in them and in the version are the same.
    /// Paths do not count.
    package var fingerprints: Fingerprints {
        let settings = (try? JSONText.compact.text(settings)) ?? ""
        return Fingerprints(
            camstream: camstream,
            model: Checksum.hexDigits(of: Array(model.files.map(\.sha256).joined(separator: "\n").utf8)),
            settings: Checksum.hexDigits(of: Array(settings.utf8)))
    }

    package struct Fingerprints: Sendable, Equatable {
        package var camstream: String
        package var model: String
        package var settings: String
    }
}
