import Foundation

/// Finds the model that a user means.
package struct ModelFinder: Sendable {
    package static let defaultName = "default"

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
        let catalogue = try shipped.catalogue()
        if let entry = catalogue.entry(named: named) { throw .notFetched(name: named, bytes: entry.bytes) }
        let names = (store?.names ?? []) + shipped.modelNames + catalogue.entries.map(\.name)
        throw .unknownModel(name: named, near: nearNames(to: named, among: Set(names).sorted()))
    }

    /// The model that runs when none is named.
    package func defaultModel() throws(CatalogueError) -> String {
        guard let path = shipped.model(Self.defaultName) else {
            throw .defaultMissing(looked: shipped.folders.map { "\($0)/models/\(Self.defaultName)" })
        }
        return path
    }

    /// The models of this machine that can be named, the default one first, and where they are.
    package var installed: [(name: String, path: String)] {
        let own = store?.names ?? []
        let names = Set(own + shipped.modelNames).sorted()
        return (names.filter { $0 == Self.defaultName } + names.filter { $0 != Self.defaultName }).compactMap { name in
            (store?.model(name) ?? shipped.model(name)).map { (name, $0) }
        }
    }

    private func looksLikePath(_ named: String) -> Bool {
        named.contains("/") || ["onnx", "yaml", "yml"].contains(URL(filePath: named).pathExtension.lowercased())
    }
}
