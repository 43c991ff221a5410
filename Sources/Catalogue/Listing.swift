package import Infer

/// A model that can be named with `--model`, or fetched.
package struct ListedModel: Sendable {
    package let name: String
    package let bytes: Int?
    package let about: ModelCard.About
    /// What the network ends in; nil where its file cannot be read.
    package let head: String?
    package let place: Place
    /// What it is used for where no model is named.
    package var usedFor: DefaultModel.Pictures?

    package enum Place: Sendable, Equatable {
        case shipped, fetched, added
        /// In the catalogue, not on this machine.
        case absent
    }
}

extension ModelFinder {
    /// All models: those that came with the program, the default ones first, the catalogue's, those that the user added.
    package func list(_ catalogue: Catalogue) throws(CatalogueError) -> [ListedModel] {
        var models: [ListedModel] = []
        let shippedNames = shipped.modelNames
        for name in DefaultModel.first(shippedNames) {
            guard let path = shipped.model(name) else { continue }
            var model = describe(name, path, .shipped)
            model.usedFor = pictures(takenFor: name)
            models.append(model)
        }
        for entry in catalogue.entries {
            let place: ListedModel.Place = store?.model(entry.name) == nil ? .absent : .fetched
            models.append(
                ListedModel(
                    name: entry.name, bytes: entry.bytes, about: try catalogue.card(of: entry).about, head: entry.head,
                    place: place))
        }
        for name in store?.names ?? [] where catalogue.entry(named: name) == nil && !shippedNames.contains(name) {
            guard let path = store?.model(name) else { continue }
            models.append(describe(name, path, .added))
        }
        return models
    }

    private func describe(_ name: String, _ path: String, _ place: ListedModel.Place) -> ListedModel {
        let summary = try? ModelSummary(model: path, card: nil)
        var head: String?
        switch summary?.head {
        case .found(let kind, _): head = kind
        case .missing: head = "none"
        case .notNeeded(let output): head = output
        case nil: break
        }
        return ListedModel(
            name: name, bytes: fileSize(path), about: summary?.card.about ?? ModelCard.About(), head: head, place: place
        )
    }
}
