import Fit
import Foundation
import Teach

/// What a classifier is made of: pictures, and the features that are computed of them.
struct FitMaterial {
    /// For people.
    let source: String
    /// A path.
    let backbone: String
    let card: String?
    /// The taught set, and the SHA-256 that the backbone's file must have for it; nil: it is none.
    let taught: (name: String, checksum: String)?
    /// Reads what there is.
    let fitting: () throws -> Fitting

    init(
        source: String, backbone: String, card: String?, taught: (name: String, checksum: String)? = nil,
        fitting: @escaping () throws -> Fitting
    ) {
        (self.source, self.backbone, self.card) = (source, backbone, card)
        (self.taught, self.fitting) = (taught, fitting)
    }

    /// What was taught live; also while it is being taught.
    ///
    /// - Throws: `TeachError`.
    init(taughtAs name: String, _ options: FitOptions) throws {
        let set = try TaughtSet.read(named: name, in: TeachFolder(environment: ProcessInfo.processInfo.environment))
        self.init(
            source: "what was taught as \(name)", backbone: set.backbone.model, card: set.backbone.card,
            taught: (name, set.backbone.sha256)
        ) { try Fitting(set.examples, options) }
    }
}
