import Catalogue
import Foundation
import Infer
import Live
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

extension Config {
    /// Puts the files of the models in place of their names, for all cameras.
    mutating func findModels(_ log: Logger) throws(CatalogueError) {
        var found: [String?: String] = [:]
        func find(_ config: inout CameraConfig) throws(CatalogueError) {
            if config.infer.card == nil, let known = found[config.infer.model] {
                config.infer.model = known
                return
            }
            let path = try ModelChoice(config.infer, log: log).path
            if config.infer.card == nil { found[config.infer.model] = path }
            config.infer.model = path
        }
        if named.isEmpty { try find(&camera) }
        for index in named.indices { try find(&named[index].config) }
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
