import Glibc
package import Infer

/// Gets a model of the catalogue into the store.
package struct Fetch {
    let store: ModelStore
    let catalogue: Catalogue
    let settings: Download.Settings

    /// What is there now.
    package struct Result: Sendable {
        package let path: String
        /// Nil if the model was there before, or if there is a problem.
        package let summary: ModelSummary?
        /// Why the model cannot be used with its card, if that is so.
        package let problem: String?
    }

    package init(store: ModelStore, catalogue: Catalogue, settings: Download.Settings = Download.Settings()) {
        self.store = store
        self.catalogue = catalogue
        self.settings = settings
    }

    /// - Parameters:
    ///   - address: where to get the file instead of where it is published.
    ///   - isInterrupted: asked often; true ends the download and keeps what has come.
    ///   - whenBusy: called once if another process is fetching the same model; this one waits for it.
    package func callAsFunction(
        _ entry: Catalogue.Entry, from address: String? = nil, isInterrupted: @escaping () -> Bool = { false },
        whenBusy: () -> Void = {}, report: @escaping (Download.Event) -> Void = { _ in }
    ) throws(CatalogueError) -> Result {
        let source = CatalogueError.Source(name: entry.name, address: address ?? entry.address, file: entry.file)
        guard ["https://", "http://"].contains(where: source.address.lowercased().hasPrefix) else {
            throw .badAddress(source.address)
        }
        if let path = store.model(entry.name) { return Result(path: path, summary: nil, problem: nil) }
        var isWaiting = false
        let folder = try StagingFolder(for: entry.name, in: store) { () throws(CatalogueError) in
            if isInterrupted() { throw .interrupted(name: entry.name, kept: 0, of: entry.bytes) }
            if !isWaiting { whenBusy() }
            isWaiting = true
        }
        if let path = store.model(entry.name) {
            folder.discard()
            return Result(path: path, summary: nil, problem: nil)
        }
        try download(entry, source, folder, isInterrupted, report)
        try folder.putInPlace(replacing: false)
        let path = "\(store.folder)/\(entry.name)/\(entry.name).onnx"
        do throws(InferError) {
            return Result(path: path, summary: try ModelSummary(model: path, card: nil), problem: nil)
        } catch {
            return Result(path: path, summary: nil, problem: error.description)
        }
    }

    private func download(
        _ entry: Catalogue.Entry, _ source: CatalogueError.Source, _ folder: StagingFolder,
        _ isInterrupted: @escaping () -> Bool, _ report: @escaping (Download.Event) -> Void
    ) throws(CatalogueError) {
        let file = try StagedFile(folder.file("\(entry.name).onnx"))
        let validatorPath = folder.file("validator")
        do throws(CatalogueError) {
            try store.checkRoom(for: entry.bytes - min(file.size, entry.bytes))
            let download = Download(
                source: source, bytes: entry.bytes, sha256: entry.sha256, settings: settings,
                isInterrupted: isInterrupted, report: report)
            try download(into: file, remembering: Validator(validatorPath))
            unlink(validatorPath)
            try StoredCard.copy(catalogue.cardPath(of: entry), toModel: entry.name, in: folder, home: catalogue.home)
        } catch {
            if file.size == 0 { folder.discard() }  // there is nothing to go on from
            throw error
        }
    }
}
