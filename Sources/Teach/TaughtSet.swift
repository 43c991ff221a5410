package import Fit
import Foundation
import Pipeline
import Synchronization

/// What a set holds at one moment; it stays the same while the set is taught on, also by another process.
package struct TaughtSet: Sendable {
    /// Classes with enough examples, and theirs.
    package let examples: TaughtExamples
    package let backbone: TaughtBackbone
    /// Classes that were left out, since they have examples, but fewer than it takes.
    package let leftOut: [(name: String, examples: Int)]

    /// Reads a set without changing it.
    ///
    /// - Throws: `TeachError`; `.missing` where there is none of that name.
    package static func read(named name: String, in folder: TeachFolder) throws(TeachError) -> TaughtSet {
        let files = try folder.files(name)
        guard FileManager.default.fileExists(atPath: files.examples) else {
            throw .missing(name: name, folder: folder.path, present: folder.names)
        }
        return try read(files)
    }

    static func read(_ files: SetFiles) throws(TeachError) -> TaughtSet {
        let file = try SetFile(reading: files)
        let backbone = try file.backbone()
        let counts = try file.counts()
        let classes = try file.classes()
        let learnt = classes.filter { counts[$0.id] ?? 0 >= TeachLimits.fewest }
        let labels = Dictionary(uniqueKeysWithValues: learnt.enumerated().map { ($1.id, $0) })
        let rows = try file.places().filter { labels[$0.classID] != nil }
        let reader = PixelReader(file, backbone)
        let examples = TaughtExamples(
            name: files.name, classes: learnt.map(\.name),
            entries: rows.map {
                let label = labels[$0.classID]!
                return TaughtExamples.Entry(label: label, name: "\(learnt[label].name) \($0.id)", group: $0.step)
            },
            pixels: { try reader.pixels(rows[$0].id) })
        return TaughtSet(
            examples: examples, backbone: backbone,
            leftOut: classes.compactMap { one in
                let count = counts[one.id] ?? 0
                return (1..<TeachLimits.fewest).contains(count) ? (one.name, count) : nil
            })
    }
}

/// Reads pictures of a set, on any thread, one after the other.
///
/// `@unchecked Sendable`: the file is used under the lock alone.
private final class PixelReader: @unchecked Sendable {
    private let file: SetFile
    private let backbone: TaughtBackbone
    private let lock = Mutex<Void>(())

    init(_ file: SetFile, _ backbone: TaughtBackbone) { (self.file, self.backbone) = (file, backbone) }

    func pixels(_ id: Int) throws(TeachError) -> [UInt8] {
        let compressed = try lock.withLock { (_) throws(TeachError) in try file.pixels(id) }
        let colours = backbone.coloursOfPixel
        guard
            let pixels = LosslessPicture.pixels(
                compressed, count: backbone.pixelBytes, bytesPerRow: backbone.width * colours, colours: colours)
        else { throw .damaged(path: file.files.examples, reason: "the picture of example \(id)") }
        return pixels
    }
}
