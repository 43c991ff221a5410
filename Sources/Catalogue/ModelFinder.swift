import Foundation

/// Finds the model that a user means.
package struct ModelFinder: Sendable {
    /// Nil where nobody says where data are kept.
    let store: ModelStore?
    let shipped: ShippedData

    package init(store: ModelStore?, shipped: ShippedData) {
        self.store = store
        self.shipped = shipped
    }

    /// The path that a path or name stands for: a file that is there, then a model of the store, then a shipped one.
    ///
    /// What looks like a path is passed on as it is, so that whoever opens it says what is wrong with it.
    package func path(of named: String) throws(CatalogueError) -> String {
        if isFile(named) || looksLikePath(named) { return named }
        if let found = store?.model(named) ?? shipped.model(named) { return found }
        if FileManager.default.fileExists(atPath: named) { return named }
        if DefaultModel.allNames.contains(named) {
            throw .shippedMissing(name: named, looked: shipped.places(of: named))
        }
        let catalogue = try shipped.catalogue()
        if let entry = catalogue.entry(named: named) { throw .notFetched(name: named, bytes: entry.bytes) }
        let names = (store?.names ?? []) + shipped.modelNames + catalogue.entries.map(\.name)
        throw .unknownModel(name: named, near: nearNames(to: named, among: Set(names).sorted()))
    }

    /// The model that runs when none is named: the first one that is there of those that come into question.
    package func defaultModel(for pictures: DefaultModel.Pictures) throws(CatalogueError) -> DefaultModel {
        let names = pictures.names
        for name in names {
            if let path = shipped.model(name) {
                return DefaultModel(name: name, path: path, missing: name == names[0] ? nil : names[0])
            }
        }
        throw .defaultMissing(looked: names.flatMap { shipped.places(of: $0) })
    }

    /// What a model is taken for when none is named, if anything.
    func pictures(takenFor name: String) -> DefaultModel.Pictures? {
        DefaultModel.Pictures.allCases.first { (try? defaultModel(for: $0))?.name == name }
    }

    /// The models of this machine that can be named, the default ones first, and where they are.
    package var installed: [(name: String, path: String)] {
        let own = store?.names ?? []
        return DefaultModel.first(Set(own + shipped.modelNames).sorted()).compactMap { name in
            (store?.model(name) ?? shipped.model(name)).map { (name, $0) }
        }
    }

    private func looksLikePath(_ named: String) -> Bool {
        named.contains("/") || ["onnx", "yaml", "yml"].contains(URL(filePath: named).pathExtension.lowercased())
    }
}
