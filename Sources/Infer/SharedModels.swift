import Foundation
import ONNX
import Synchronization

/// What several explainers of one run have in common: a model that is read once, and graphs that are compiled once.
package final class SharedModels: Sendable {
    /// The latest graphs that were compiled; each may take as much memory as the model.
    private static let capacity = 6

    private struct State {
        var files: [[String?]: ModelFiles] = [:]
        var compiled: [(key: String, model: CompiledModel)] = []
        var speeds: [String: Speed] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    func files(_ config: InferConfig) throws(InferError) -> ModelFiles {
        let key = [config.model, config.card, config.outputTensor]
        if let known = state.withLock({ $0.files[key] }) { return known }
        let files = try ModelFiles(model: config.model, card: config.card, output: config.outputTensor)
        state.withLock { $0.files[key] = files }
        return files
    }

    func compiled(_ key: String) -> CompiledModel? {
        state.withLock { state in
            guard let index = state.compiled.firstIndex(where: { $0.key == key }) else { return nil }
            let found = state.compiled.remove(at: index)
            state.compiled.append(found)
            return found.model
        }
    }

    func keep(_ model: CompiledModel, _ key: String) {
        state.withLock { state in
            state.compiled.append((key, model))
            if state.compiled.count > Self.capacity { state.compiled.removeFirst() }
        }
    }

    /// A choice of what is fastest, and notes on it.
    typealias Speed = (choice: EngineChoice, notes: [String])

    func speed(_ key: String) -> Speed? { state.withLock { $0.speeds[key] } }
    func keep(_ speed: Speed, _ key: String) { state.withLock { $0.speeds[key] = speed } }
}
