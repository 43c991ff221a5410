import Engine
import Synchronization

/// What the explainers of a process have in common: models that are read once, and graphs that are compiled once. May be
/// used from any thread.
package final class SharedModels: Sendable {
    private let read = Mutex(Pool<[String?], ReadModel>(keeping: 0))
    private let parts: Mutex<Pool<PartsKey, ClassifierParts>>
    private let compiled = CompiledModels()

    /// - Parameter keeping: how many of the compiled classifiers that were used last stay when no explainer holds them any
    ///   more; each may take as much memory as the model.
    package init(keeping: Int = 0) { parts = Mutex(Pool(keeping: keeping)) }

    /// Reads a model's files, unless somebody holds them.
    ///
    /// - Throws: `InferError` where the files cannot be read or contradict each other.
    package func read(_ config: InferConfig) throws(InferError) -> ReadModel {
        let key = [config.model, config.card, config.outputTensor]
        return try read.withLock { read throws(InferError) in
            if let known = read.find(key) { return known }
            let found = try ReadModel(config)
            read.insert(found, key)
            return found
        }
    }

    /// What else is shared of a model; nil: it cannot be told from others.
    func graphs(of model: ReadModel) -> SharedGraphs? { model.identity.map(compiled.of) }

    /// - Parameter make: is called once, however many want the same at once.
    func parts(
        _ key: PartsKey, _ make: () throws(InferError) -> ClassifierParts
    ) throws(InferError) -> ClassifierParts {
        try parts.withLock { parts throws(InferError) in
            if let known = parts.find(key) { return known }
            let made = try make()
            parts.insert(made, key)
            return made
        }
    }
}
