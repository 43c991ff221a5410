import Foundation
package import Infer
import Pipeline

/// Puts a model that the user has into the store.
package struct Addition {
    let store: ModelStore
    let shipped: ShippedData
    let catalogue: Catalogue

    /// What was stored.
    package struct Result: Sendable {
        package let name: String
        package let path: String
        /// The catalogue's entry whose file it is.
        package let entry: Catalogue.Entry?
        package let summary: ModelSummary
    }

    package init(store: ModelStore, shipped: ShippedData, catalogue: Catalogue) {
        self.store = store
        self.shipped = shipped
        self.catalogue = catalogue
    }

    /// Checks a model's files and stores them.
    ///
    /// - Parameters:
    ///   - file: an ONNX file, or a card that names one. A file of the catalogue is known by its checksum.
    ///   - name: what to call it; by default the catalogue's name, else the file's.
    ///   - card: a card that stands elsewhere than beside the model.
    ///   - mayReplace: whether a model of this name is replaced.
    package func callAsFunction(
        _ file: String, name wanted: String? = nil, card: String? = nil, replacing mayReplace: Bool = false
    ) throws(CatalogueError) -> Result {
        var entry: Catalogue.Entry?
        if isFile(file) { entry = try catalogue.entry(ofFile: file) }
        let summary: ModelSummary
        do throws(InferError) {
            summary = try ModelSummary(model: file, card: card ?? entry.map(catalogue.cardPath))
        } catch {
            throw .model(error)
        }
        let name = wanted ?? entry?.name ?? URL(filePath: summary.path).deletingPathExtension().lastPathComponent
        try check(name, is: entry)
        if summary.hasLabelsBesideMetadata { throw .labelsBesideMetadata(model: file) }
        if !mayReplace, store.model(name) != nil { throw .taken(name: name) }

        let folder = try StagingFolder(for: name, in: store)
        let ticket = Unfinished.ofProcess.add { folder.discard() }
        defer { Unfinished.ofProcess.settle(ticket) }
        do throws(CatalogueError) {
            folder.clear()
            try copy(summary, to: StagedFile(folder.file("\(name).onnx")))
            if let cardPath = summary.cardPath {
                // Cards that came with the program share files.
                let isOfCatalogue = entry.map { catalogue.cardPath(of: $0) == cardPath } ?? false
                let home =
                    isOfCatalogue ? catalogue.home : shipped.folders.first { OwnFolder.contains($0, cardPath) }
                try StoredCard.copy(cardPath, toModel: name, in: folder, home: home)
            }
            for companion in summary.companions { try StoredCard.copyCompanion(companion, in: folder) }
            try Unfinished.ofProcess.settle(ticket) { () throws(CatalogueError) in
                try folder.putInPlace(replacing: mayReplace)
            }
        } catch {
            folder.discard()
            throw error
        }
        return Result(name: name, path: "\(store.folder)/\(name)/\(name).onnx", entry: entry, summary: summary)
    }

    private func check(_ name: String, is entry: Catalogue.Entry?) throws(CatalogueError) {
        guard ModelName.isValid(name) else { throw .badName(name) }
        let isOther = catalogue.entry(named: name).map { $0 != entry } ?? false
        if isOther || DefaultModel.allNames.contains(name) || shipped.model(name) != nil { throw .reservedName(name) }
    }

    private func copy(_ summary: ModelSummary, to target: StagedFile) throws(CatalogueError) {
        if summary.hasExternalData {
            let bytes: [UInt8]
            do throws(InferError) {
                bytes = try summary.selfContained()
            } catch {
                throw .model(error)
            }
            try write(Data(bytes), to: target)
        } else {
            let bytes: Data
            do {
                bytes = try Data(contentsOf: URL(filePath: summary.path), options: .alwaysMapped)
            } catch {
                throw .cannotRead(path: summary.path, reason: error.localizedDescription)
            }
            try write(bytes, to: target)
        }
    }

    private func write(_ bytes: Data, to target: StagedFile) throws(CatalogueError) {
        try store.checkRoom(for: bytes.count)
        let failure = bytes.withUnsafeBytes { bytes -> CatalogueError? in
            do throws(CatalogueError) {
                try target.append(bytes)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
        try target.flushToDisk()
    }
}
