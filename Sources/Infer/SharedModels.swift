import Engine
import Synchronization

/// What the explainers of a process have in common: models that are read once, and graphs that are compiled once. May be
/// used from any thread.
package final class SharedModels: Sendable {
    private let read = SharedPool<[String?], ReadModel>()
    private let parts: SharedPool<PartsKey, ClassifierParts>
    private let ready: Mutex<KeptClassifiers>
    private let compiled = CompiledModels()

    /// - Parameters:
    ///   - keeping: how many of the compiled classifiers that were used last stay when no explainer holds them any more;
    ///     each may take as much memory as the model.
    ///   - keepingReady: the same of classifiers that are found again by their settings alone, without reading the model's
    ///     file: for who goes back to settings of before. Of large models only the last one stays.
    package init(keeping: Int = 0, keepingReady: Int = 0) {
        parts = SharedPool(keeping: keeping)
        ready = Mutex(KeptClassifiers(capacity: keepingReady))
    }

    /// Reads a model's files, unless somebody holds them.
    ///
    /// - Throws: `InferError` where the files cannot be read or contradict each other.
    package func read(_ config: InferConfig) throws(InferError) -> ReadModel {
        try read.find(
            [config.model, config.card, config.outputTensor],
            orMake: { () throws(InferError) in
                try ReadModel(config)
            })
    }

    /// A classifier for settings: that of before where it is kept, else it is read and compiled.
    func ready(_ config: InferConfig) throws(InferError) -> ReadyClassifier {
        let key = ReadyKey(config)
        if let known = ready.withLock({ $0.find(key) }) { return known }
        let made = try ReadyClassifier(config, shared: self)
        ready.withLock { $0.keep(made, key) }
        return made
    }

    /// Whether a classifier for settings is kept.
    func isReady(_ config: InferConfig) -> Bool {
        let key = ReadyKey(config)
        return ready.withLock { $0.find(key) != nil }
    }

    /// What else is shared of a model; nil: it cannot be told from others.
    func graphs(of model: ReadModel) -> SharedGraphs? { model.identity.map(compiled.of) }

    /// - Parameter make: is called once, however many want the same at once.
    func parts(
        _ key: PartsKey, _ make: () throws(InferError) -> ClassifierParts
    ) throws(InferError) -> ClassifierParts {
        try parts.find(key, orMake: make)
    }
}

/// The classifiers that were used last.
private struct KeptClassifiers: Sendable {
    /// More than that of models is not kept beside the classifier that was used last. A compiled classifier takes about as
    /// much as its file, and more with the graph of a gradient.
    private static let mostBytes = 256 << 20

    let capacity: Int
    /// The one that was used last is last.
    private var latest: [(key: ReadyKey, classifier: ReadyClassifier)] = []

    init(capacity: Int) { self.capacity = capacity }

    mutating func find(_ key: ReadyKey) -> ReadyClassifier? {
        guard let found = latest.first(where: { $0.key == key })?.classifier else { return nil }
        keep(found, key)
        return found
    }

    mutating func keep(_ classifier: ReadyClassifier, _ key: ReadyKey) {
        guard capacity > 0 else { return }
        latest.removeAll { $0.key == key }
        latest.append((key, classifier))
        while latest.count > 1,
            latest.count > capacity || latest.reduce(0, { $0 + $1.classifier.byteCount }) > Self.mostBytes
        { latest.removeFirst() }
    }
}
