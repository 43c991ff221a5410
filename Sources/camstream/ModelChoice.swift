import Capture
import Catalogue
import Foundation
import Infer
import Live
import Logging

/// Which model's file a run uses: the one that is named, else the default one for what is looked at.
struct ModelChoice {
    let path: String

    /// - Parameter input: nil where no picture is looked at.
    init(_ config: InferConfig, input: String?, log: Logger) throws(CatalogueError) {
        let finder = ModelFinder.ofThisProgram
        if let named = config.model {
            path = try finder.path(of: named)
            return
        }
        if let card = config.card { throw .cardWithoutModel(card: card) }
        let model = try finder.defaultModel(for: .init(ofInput: input))
        path = model.path
        let stands = model.missing.map { ", because \($0) is not installed" } ?? ""
        log.info(
            "no model is named: \(model.name) is used\(stands) (\(path)); choose another with --model, 'camstream models' lists them"
        )
    }
}

extension Config {
    /// Puts the files of the models in place of their names, for all cameras, and their best methods in place of `best`.
    ///
    /// - Throws: `CatalogueError`, `EvaluationError`, `InferError`.
    mutating func findModels(_ log: Logger) throws {
        struct Wanted: Hashable {
            let model: String?
            let pictures: DefaultModel.Pictures
        }
        var found: [Wanted: String] = [:]
        func choose(_ config: inout CameraConfig) throws {
            try find(&config)
            try config.infer.takeEvaluated(log)
        }
        func find(_ config: inout CameraConfig) throws(CatalogueError) {
            if let detector = config.infer.detector {
                config.infer.detector = try ModelFinder.ofThisProgram.path(of: detector)
            }
            let input = config.capture.input
            let wanted = Wanted(model: config.infer.model, pictures: .init(ofInput: input))
            if config.infer.card == nil, let known = found[wanted] {
                config.infer.model = known
                return
            }
            let path = try ModelChoice(config.infer, input: input, log: log).path
            if config.infer.card == nil { found[wanted] = path }
            config.infer.model = path
        }
        if named.isEmpty { try choose(&camera) }
        for index in named.indices { try choose(&named[index].config) }
    }
}

extension DefaultModel.Pictures {
    /// What an input shows.
    init(ofInput input: String?) { self = input.map(DemoAddress.isMeant) == true ? .drawnScene : .any }
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
