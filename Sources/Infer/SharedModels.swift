import ONNX

/// What several explainers of one run have in common: a model that is read once, and graphs that are compiled once.
package final class SharedModels {
    private var files: [[String?]: ModelFiles] = [:]
    private var compiled = Latest<String, CompiledModel>()
    private var parts = Latest<EnginePartsKey, EngineParts>()
    private var speeds: [String: Speed] = [:]

    package init() {}

    func files(_ config: InferConfig) throws(InferError) -> ModelFiles {
        let key = [config.model, config.card, config.outputTensor]
        if let known = files[key] { return known }
        let found = try ModelFiles(model: config.model, card: config.card, output: config.outputTensor)
        files[key] = found
        return found
    }

    func compiled(_ key: String) -> CompiledModel? { compiled.take(key) }
    func keep(_ model: CompiledModel, _ key: String) { compiled.keep(model, key) }

    func parts(_ key: EnginePartsKey) -> EngineParts? { parts.take(key) }
    func keep(_ made: EngineParts, _ key: EnginePartsKey) { parts.keep(made, key) }

    /// A choice of what is fastest, and notes on it.
    typealias Speed = (choice: EngineChoice, notes: [String])

    func speed(_ key: String) -> Speed? { speeds[key] }
    func keep(_ speed: Speed, _ key: String) { speeds[key] = speed }
}

/// The latest of what was made or asked for; each may take as much memory as the model.
private struct Latest<Key: Equatable, Value> {
    private static var capacity: Int { 6 }
    private var values: [(key: Key, value: Value)] = []

    mutating func take(_ key: Key) -> Value? {
        guard let index = values.firstIndex(where: { $0.key == key }) else { return nil }
        let found = values.remove(at: index)
        values.append(found)
        return found.value
    }

    mutating func keep(_ value: Value, _ key: Key) {
        values.append((key, value))
        if values.count > Self.capacity { values.removeFirst() }
    }
}
