import Foundation
import Infer
import Pipeline
import TestSupport

@testable import Catalogue

/// A catalogue with the model "tiny" and an empty store, in a folder of its own.
struct Bench {
    let folder: TemporaryFolder
    let catalogue: Catalogue
    let store: ModelStore
    /// The file that the catalogue means.
    let bytes: [UInt8]

    static let card = "input: {size: [16, 16]}\nlabels: names.txt\nabout: {licence: MIT, top-1: 50}\n"

    /// - Parameter bytes: of the published file; by default noise, which is no model.
    /// - Parameter size: what the catalogue says its size is.
    init(_ bytes: [UInt8]? = nil, size: Int? = nil) throws {
        folder = try TemporaryFolder()
        var noise = Noise(7)
        let bytes = bytes ?? (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &noise) }
        self.bytes = bytes
        let file = try folder.write(bytes, to: "published")
        try FileManager.default.createDirectory(atPath: folder.file("catalogue"), withIntermediateDirectories: true)
        try folder.write(
            """
            models:
              - name: tiny
                file: tiny-7.onnx
                bytes: \(size ?? bytes.count)
                sha256: \(try Checksum.sha256(ofFile: file))
                address: https://models.invalid/tiny-7.onnx
                head: GAP + dense
            """.utf8, to: "catalogue/catalogue.yaml")
        try folder.write(Self.card.utf8, to: "catalogue/tiny.yaml")
        try folder.write("one\ntwo\nthree\n".utf8, to: "catalogue/names.txt")
        catalogue = try Catalogue(folder: folder.file("catalogue"))
        store = ModelStore(folder: folder.file("data/camstream/models"))
    }

    var served: ServedFile { ServedFile(bytes, etag: "\"one\"") }

    /// Fetches "tiny", without waiting between tries.
    ///
    /// - Returns: what happened.
    @discardableResult
    func fetch(
        from address: String, isInterrupted: @escaping () -> Bool = { false }
    ) throws(CatalogueError) -> [Download.Event] {
        var settings = Download.Settings()
        settings.firstPause = .zero
        settings.stallTimeout = .seconds(1)
        var events: [Download.Event] = []
        let fetch = Fetch(store: store, catalogue: catalogue, settings: settings)
        _ = try fetch(
            try catalogue.requireEntry(named: "tiny"), from: address, isInterrupted: isInterrupted,
            report: { event in
                if case .progress = event { return }
                events.append(event)
            })
        return events
    }

    /// Whether anything of a model can be found by its name.
    var isNothingFound: Bool {
        store.model("tiny") == nil && store.names.isEmpty
            && !FileManager.default.fileExists(atPath: "\(store.folder)/tiny")
    }

    /// What is in a folder of the store, sorted; empty if it is not there.
    func contents(_ name: String = "") -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(store.folder)/\(name)")) ?? []).sorted()
    }

    func stored(_ file: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(store.folder)/\(file)")))
    }

    /// Makes the part that an interrupted download of some bytes leaves.
    func leavePart(_ bytes: some Sequence<UInt8>, validator: String? = nil) throws {
        let part = "\(store.folder)/.tiny.part"
        try FileManager.default.createDirectory(atPath: part, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: "\(part)/tiny.onnx"))
        if let validator { try Data(validator.utf8).write(to: URL(fileURLWithPath: "\(part)/validator")) }
    }
}
