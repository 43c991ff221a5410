import Engine
import Infer
import Pipeline

/// Features of places of good pictures, to choose from: of each picture the same number of places, drawn by its name.
struct PatchSample: Sendable {
    /// In the list's order; of a clip in the order of time.
    private(set) var examples: [Example] = []
    /// A row for each place, with the example that it is of.
    private(set) var rows: FeatureTable
    private(set) var skipped: [SkippedFile]

    /// - Parameters:
    ///   - list: of one class.
    ///   - isCancelled: asked before each file, on any thread.
    ///   - progress: is told of files that are done, by any thread.
    /// - Throws: `InferError`, `FitError`, `LackOfResources`, `HeadError.cancelled`.
    init(
        _ list: DataList, _ backbone: PatchBackbone, _ options: NormalOptions,
        isCancelled: @escaping @Sendable () -> Bool,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) throws {
        rows = FeatureTable(width: backbone.channels)
        skipped = list.skipped
        let most = list.entries.reduce(0) { $0 + (FrameSampler.isPicture($1.path) ? 1 : options.mostFrames) }
        let places = Self.places(of: backbone, pictures: most)
        let compiled = try backbone.compile()
        let work = SideBySide<Found>(
            list.entries.count, on: compiled, of: backbone.path, threads: "features", isCancelled: isCancelled,
            progress: progress)
        let found = try work { interrupt in
            let runner = try PictureRunner(
                compiled, backbone.input, output: backbone.features, model: backbone.path,
                FrameSampler(most: options.mostFrames, interrupt: interrupt))
            return { number in try Self.look(at: list.entries[number], by: runner, backbone, places) }
        }
        rows.reserveCapacity(rows: found.reduce(0) { $0 + $1.times.count } * places)
        for (number, (entry, found)) in zip(list.entries, found).enumerated() {
            if let reason = found.refusal { skipped.append(SkippedFile(name: entry.name, reason: reason)) }
            for (position, seconds) in found.times.enumerated() {
                for place in 0..<places {
                    let start = (position * places + place) * backbone.channels
                    rows.append(found.rows[start..<start + backbone.channels], example: examples.count)
                }
                examples.append(
                    Example(entry: number, name: entry.name, label: entry.label, group: number, seconds: seconds))
            }
        }
    }

    /// What a file gave.
    private struct Found: Sendable {
        var times: [Double?] = []
        /// Float `[pictures, places, channels]`.
        var rows: [Float] = []
        var refusal: String?
    }

    /// How many places of each picture there is room for.
    static func places(of backbone: PatchBackbone, pictures: Int) -> Int {
        let all = backbone.height * backbone.width
        let rows = min(NormalOptions.sampleRows, NormalOptions.sampleBytes / (4 * backbone.channels))
        return min(all, max(1, rows / max(1, pictures)))
    }

    private static func look(
        at entry: DataList.Entry, by runner: PictureRunner, _ backbone: PatchBackbone, _ count: Int
    ) throws -> Found {
        var found = Found()
        found.refusal = try runner(entry) { _, seen in
            var places = Array(0..<backbone.height * backbone.width)
            var random = SplitMix64(StableHash.of("\(entry.name) \(seen.seconds ?? 0)"))
            for index in 0..<count where count < places.count {
                places.swapAt(index, index + Int(random.next() % UInt64(places.count - index)))
            }
            for place in places.prefix(count) {
                found.rows.append(
                    contentsOf: seen.output[place * backbone.channels..<(place + 1) * backbone.channels])
            }
            found.times.append(seen.seconds)
        }
        if found.refusal != nil { (found.times, found.rows) = ([], []) }
        return found
    }

    /// Which fifth each example is in. Frames of a clip that follow each other stay together, as they are nearly the same.
    func fifths(seed: UInt64 = 0) -> [Int] {
        var random = SplitMix64(seed)
        let stills = examples.indices.filter { examples[$0].seconds == nil }
            .map { (place: random.next(), example: $0) }.sorted { $0 < $1 }.map(\.example)
        var fifths = [Int](repeating: 0, count: examples.count)
        for (position, example) in stills.enumerated() { fifths[example] = position % 5 }
        let frames = Dictionary(grouping: examples.indices.filter { examples[$0].seconds != nil }) {
            examples[$0].entry
        }
        for (entry, frames) in frames {
            // Short clips do not all begin with the same fifth.
            for (position, example) in frames.enumerated() {
                fifths[example] = (position * 5 / frames.count + entry) % 5
            }
        }
        return fifths
    }
}
