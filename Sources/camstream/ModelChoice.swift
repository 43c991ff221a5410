import Catalogue
import Foundation
import Infer
import Logging

/// Which model's file a run uses: the one that is named, else the default one.
struct ModelChoice {
    let path: String

    init(_ config: InferConfig, log: Logger) throws(CatalogueError) {
        let finder = ModelFinder.ofThisProgram
        if let named = config.model {
            path = try finder.path(of: named)
            return
        }
        if let card = config.card { throw .cardWithoutModel(card: card) }
        path = try finder.defaultModel()
        log.info(
            "no model is named: the default one is used, \(path); choose another with --model, 'camstream models' lists them"
        )
    }
}

extension ModelFinder {
    /// Looks where this program's data and this user's models are.
    static var ofThisProgram: ModelFinder {
        ModelFinder(store: .ofThisUser, shipped: .ofThisProgram)
    }
}

extension ModelStore {
    static var ofThisUser: ModelStore? { ModelStore(environment: ProcessInfo.processInfo.environment) }

    /// - Throws: `.noDataFolder`.
    static func require() throws(CatalogueError) -> ModelStore {
        guard let store = ofThisUser else { throw .noDataFolder }
        return store
    }
}
