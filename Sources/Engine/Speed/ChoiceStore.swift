import Foundation
import Pipeline

/// What a choice holds for: another model, device, processor or engine is measured anew.
struct ChoiceKey: Codable, Sendable, Equatable {
    /// Checksum of the graph and of parts of the weights.
    var model: String
    /// "224x224"
    var input: String
    /// Its name, and those of the products behind it.
    var device: String
    var processor: Processor
    var cores: Int
    /// The engine's version.
    var engine: String
    /// What is being done: a `Pace`.
    var pace: String
    var precisions: [String]
}

/// The choices of earlier runs, in one small file of the cache's folder. A file that is damaged counts as none.
struct ChoiceStore {
    let file: URL

    /// What is kept, at most: the latest.
    static let capacity = 200
    /// A larger file is not ours.
    private static let mostBytes = 1 << 20

    private struct Entry: Codable {
        let key: ChoiceKey
        let choice: EngineChoice
    }

    private var entries: [Entry] {
        let size = (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? nil
        guard let size, size <= Self.mostBytes, let data = try? Data(contentsOf: file) else { return [] }
        return (try? JSONDecoder().decode([Entry].self, from: data)) ?? []
    }

    func choice(for key: ChoiceKey) -> EngineChoice? { entries.last { $0.key == key }?.choice }

    /// Writes the whole file anew and puts it in the old one's place. Of two processes that do so at the same time one
    /// may lose its choice, and measures again.
    ///
    /// - Returns: whether it could be written.
    func keep(_ choice: EngineChoice, for key: ChoiceKey) -> Bool {
        let kept = entries.filter { $0.key != key }.suffix(Self.capacity - 1) + [Entry(key: key, choice: choice)]
        do {
            try JSONText.pretty.bytes(Array(kept)).write(to: file, options: .atomic)
            return true
        } catch {
            return false
        }
    }
}
