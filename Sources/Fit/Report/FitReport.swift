package import Foundation

/// All that is told of a classifier that was fitted: as JSON for programs, as one HTML file for people.
package struct FitReport: Encodable, Sendable {
    /// Of what follows; a change that readers would stumble over raises it.
    package private(set) var format = 1
    /// The program and its version, and when it ran (ISO 8601).
    package var program: String
    package var date: String
    package var model: Model
    package var data: DataFacts
    package var fit: Fit
    /// Nil: nothing was held out.
    package var test: Test?
    package var classes: [ClassFacts]
    /// What a reader should know first, in sentences.
    package var remarks: [String]
    /// The surest errors.
    package var errors: [Mistake]
    package var lookAlikes: [LookAlike]
    package var nearDuplicates: NearDuplicatesFacts
    package var skipped: [Skipped]

    package struct Model: Encodable, Sendable {
        /// Name of the file.
        package var file: String
        /// What the features come from, and its licence; nil: unknown.
        package var backbone: String
        package var licence: String?
        /// Features of a picture.
        package var features: Int

        package init(file: String, backbone: String, licence: String?, features: Int) {
            (self.file, self.backbone, self.licence, self.features) = (file, backbone, licence, features)
        }
    }

    package struct DataFacts: Encodable, Sendable {
        /// As the command named it.
        package var source: String
        /// SHA-256 of the list of what was learnt from and tested on.
        package var hash: String
        package var photographs: Int
        package var clips: Int
        /// That were taken out of the clips.
        package var frames: Int
        /// Of each example that is learnt from.
        package var views: Int

        package init(source: String, hash: String, photographs: Int, clips: Int, frames: Int, views: Int) {
            (self.source, self.hash) = (source, hash)
            (self.photographs, self.clips, self.frames, self.views) = (photographs, clips, frames, views)
        }
    }

    package struct Fit: Encodable, Sendable {
        package var l2: Double
        package var temperature: Double
        package var folds: Int
        package var balancesClasses: Bool
        package var trials: [HeadFit.Trial]
        /// From the first picture to the model, measured; nil: not told.
        package var seconds: Double?
    }

    package struct Test: Encodable, Sendable {
        package enum Kind: Encodable, Sendable, Equatable {
            /// A share of the examples that nothing was learnt from.
            case heldOut
            /// Examples that the command named.
            case named(String)
            /// Each example by a head that did not learn it; the model itself has learnt all of them.
            case crossValidation(folds: Int)
        }

        package var kind: Kind
        package var count: Int
        package var right: Int
        package var accuracy: Double
        /// 95 %.
        package var accuracyInterval: WilsonInterval
        package var classMeanAccuracy: Double
        package var logLoss: Double
        package var calibration: Calibration
        /// By true class and predicted class.
        package var confusion: [[Int]]
    }

    package struct ClassFacts: Encodable, Sendable {
        package var name: String
        package var isNegative: Bool
        package var learnt: Int
        package var tested: Int
        package var precision: Double?
        package var recall: Double?
        package var recallInterval: WilsonInterval?
    }

    package struct Mistake: Encodable, Sendable {
        /// File, with the time in a clip.
        package var example: String
        package var label: String
        package var predicted: String
        package var probability: Double
        package var trueProbability: Double
        /// JPEG: the picture, and where the model saw what it says. Not in the JSON.
        package var picture: Data?

        private enum CodingKeys: String, CodingKey { case example, label, predicted, probability, trueProbability }
    }

    package struct LookAlike: Encodable, Sendable {
        package var first: String
        package var second: String
        package var firstAsSecond: Int
        package var secondAsFirst: Int
        /// Of the classes' mean features, less the mean of all classes.
        package var cosine: Double
    }

    package struct NearDuplicatesFacts: Encodable, Sendable {
        package struct Pair: Encodable, Sendable {
            package var first: String
            package var second: String
            package var firstLabel: String
            package var secondLabel: String
            package var cosine: Double
            /// One was learnt from, and the other one tested.
            package var isAcrossSplit: Bool
        }

        /// Those between classes first, then those across the split.
        package var pairs: [Pair]
        /// With those that are not listed.
        package var count: Int
        package var betweenClasses: Int
        package var acrossSplit: Int
        package var threshold: Double
    }

    package struct Skipped: Encodable, Sendable {
        package var file: String
        package var reason: String

        package init(file: String, reason: String) { (self.file, self.reason) = (file, reason) }
    }
}
