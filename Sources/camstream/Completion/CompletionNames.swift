import Capture
import Catalogue
import Infer

/// Names that this machine knows. What cannot be found out is left out: nobody who types wants to read of it.
struct CompletionNames: Sendable {
    var models: @Sendable () -> [Completion.Candidate]
    var catalogue: @Sendable () -> [Completion.Candidate]
    var kept: @Sendable () -> [Completion.Candidate]
    var cameras: @Sendable () -> [Completion.Candidate]
    /// Of the model of that name or file, or the default one, and of a card.
    var layers: @Sendable (_ model: String?, _ card: String?) -> [Completion.Candidate]

    static let ofThisMachine = CompletionNames(
        models: {
            ModelFinder.ofThisProgram.installed.map { .init(word: $0.name) }
        },
        catalogue: {
            let store = ModelStore.ofThisUser
            let entries = (try? ShippedData.ofThisProgram.catalogue())?.entries ?? []
            return entries.filter { store?.model($0.name) == nil }
                .map { .init(word: $0.name, about: byteText($0.bytes)) }
        },
        kept: { (ModelStore.ofThisUser?.names ?? []).map { .init(word: $0) } },
        cameras: {
            CameraDescription.all().map { entry in
                switch entry {
                case .camera(let camera): .init(word: camera.path, about: camera.capability.card)
                case .unreadable(let path, _): .init(word: path)
                }
            }
        },
        layers: { model, card in
            let finder = ModelFinder.ofThisProgram
            let path = model.map { (try? finder.path(of: $0)) ?? $0 } ?? (try? finder.defaultModel(for: .any))?.path
            guard let path, let layers = try? ModelLayers(model: path, card: card) else { return [] }
            return LayerRow.rows(layers, all: false).reversed().map { row in
                .init(word: row.tensor, about: "\(row.operator) \(row.width)x\(row.height), \(row.channels) channels")
            }
        })
}

/// Names of methods with what papers call them.
enum MethodWords {
    static let all = MethodName.allCases.map { Completion.Candidate(word: $0.rawValue, about: $0.title) }
}
