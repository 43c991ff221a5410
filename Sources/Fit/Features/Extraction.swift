package import Engine
import Glibc
package import Infer
import Pipeline

/// How pictures are looked at.
package struct ExtractionOptions: Sendable, Equatable {
    /// Of each example, at least one.
    package var views = 1
    /// Whether some of them are mirrored.
    package var mirrors = true
    /// Examples of one clip at most.
    package var mostFrames = 60

    package init() {}
}

/// The features of all that a list names.
package struct Extraction: Sendable {
    /// In the list's order; of a clip in the order of time.
    package private(set) var examples: [Example] = []
    /// A row for each view of each example, the example as it is first.
    package private(set) var features: FeatureTable
    /// Files that gave no example.
    package private(set) var skipped: [SkippedFile]
    package let views: Int

    /// - Parameters:
    ///   - compiled: of the backbone.
    ///   - taught: the pictures of entries that are no files.
    ///   - isCancelled: asked before each file, on any thread.
    ///   - progress: is told of files that are done, by any thread.
    /// - Throws: `InferError`, `FitError`, `LackOfResources`, `HeadError.cancelled`, and what reading a taught picture throws;
    ///   files that cannot be read are told in `skipped`.
    package init(
        _ list: DataList, _ backbone: Backbone, _ compiled: CompiledModel, _ options: ExtractionOptions,
        taught: TaughtExamples? = nil, isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) throws {
        precondition(options.views > 0)
        views = options.views
        features = FeatureTable(width: backbone.channels)
        skipped = list.skipped
        let work = SideBySide<FeatureWorker.Found>(
            list.entries.count, on: compiled, of: backbone.path, threads: "features", isCancelled: isCancelled,
            progress: progress)
        let found = try work { interrupt in
            let worker = try FeatureWorker(backbone, compiled, options, taught, interrupt)
            return { try worker(list.entries[$0]) }
        }
        features.reserveCapacity(rows: found.reduce(0) { $0 + $1.times.count } * views)
        var groups: [Origin: Int] = [:]
        for (number, (entry, found)) in zip(list.entries, found).enumerated() {
            if let reason = found.refusal { skipped.append(SkippedFile(name: entry.name, reason: reason)) }
            let identity = entry.taught.map { Origin.burst($0.group) } ?? .file(FileNumber(entry.path))
            let group = groups[identity, default: groups.count]
            groups[identity] = group
            for (position, seconds) in found.times.enumerated() {
                for view in 0..<views {
                    let start = (position * views + view) * backbone.channels
                    features.append(found.rows[start..<start + backbone.channels], example: examples.count)
                }
                examples.append(
                    Example(entry: number, name: entry.name, label: entry.label, group: group, seconds: seconds))
            }
        }
    }

    /// Files of a class that gave no example.
    func skipped(ofClass label: Int, in list: DataList) -> [SkippedFile] {
        let names = Set(list.entries.filter { $0.label == label }.map(\.name))
        return skipped.filter { names.contains($0.name) }
    }

    /// The rows of the examples as they are: one each.
    package var wholes: FeatureTable { features.rows(stride(from: 0, to: features.count, by: views).map { $0 }) }

    /// All views of some examples, which are numbered anew, in the order in which they are named.
    package func rows(ofExamples chosen: [Int]) -> FeatureTable {
        var rows = FeatureTable(width: features.width)
        rows.reserveCapacity(rows: chosen.count * views)
        for (number, example) in chosen.enumerated() {
            for view in 0..<views { rows.append(features[example * views + view], example: number) }
        }
        return rows
    }
}

/// Something that is learnt from, or tested on: a photograph, or a picture of a clip.
package struct Example: Sendable, Equatable {
    /// Position in the list.
    package let entry: Int
    /// Its file as the list has it.
    package let name: String
    package let label: Int
    /// Examples of one file have the same.
    package let group: Int
    /// When it comes in its clip, in seconds; nil of a photograph.
    package let seconds: Double?

    /// Such as "cat/clip.mp4 at 3.5 s".
    package var title: String { seconds.map { "\(name) at \(($0 * 100).rounded() / 100) s" } ?? name }
}

/// What examples have in common that are never parted.
private enum Origin: Hashable {
    case file(FileNumber)
    case burst(Int)
}

/// Which file a path leads to, links or not.
private struct FileNumber: Hashable {
    private let device: UInt64
    private let number: UInt64

    init(_ path: String) {
        var status = stat()
        let isThere = stat(path, &status) == 0
        (device, number) = isThere ? (UInt64(status.st_dev), UInt64(status.st_ino)) : (0, StableHash.of(path))
    }
}
