import Capture
import Foundation
import Infer
import ONNX
import Pipeline

/// How a model of good parts does on pictures with defects: how well it tells these from good ones, and, where there are masks,
/// defective places from good places.
package struct NormalTest: Sendable {
    /// Pictures of one kind of defect, or of all.
    package struct Kind: Encodable, Sendable {
        package let name: String
        package let pictures: Int
        /// Above the threshold.
        package let found: Int
        /// Areas under the ROC curve, against good pictures, and against good places of these and of the same pictures;
        /// nil: there are no masks.
        package let imageAUROC: Double
        package let pixelAUROC: Double?
    }

    /// A picture, and what was said of it.
    struct Answer: Sendable {
        let entry: Int
        let kind: String
        let isGood: Bool
        let score: Float
    }

    package let kinds: [Kind]
    package let all: Kind
    package let good: Int
    /// Good ones above the threshold.
    package let falseAlarms: Int
    let answers: [Answer]
    let skipped: [SkippedFile]
    let list: DataList

    private static let good = "good"

    /// A folder with a folder for each kind of defect, and one that is called good.
    ///
    /// - Throws: `FitError`.
    static func list(_ path: String) throws(FitError) -> DataList {
        let list = try DataList(path: path, isTest: true)
        guard list.classes.contains(where: isGood) else { throw .noGoodTest(path: path, found: list.classes) }
        guard list.classes.contains(where: { !isGood($0) }) else { throw .noDefects(path: path) }
        return list
    }

    private static func isGood(_ name: String) -> Bool { name.lowercased() == good }

    /// - Parameter path: of the list, for errors.
    /// - Throws: `InferError`, `FitError.noTest`, `LackOfResources`, `HeadError`.
    init(
        _ list: DataList, path: String, _ run: MapRun, _ scale: MapScale,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) throws {
        self.list = list
        let found = try Self.look(at: list, run, progress)
        let isGood = list.classes.map(Self.isGood)
        var images = [RankedScores](repeating: RankedScores(), count: list.classes.count)
        var pixels = images
        var answers: [Answer] = []
        for (entry, found) in zip(list.entries, found) {
            let isDefect = !isGood[entry.label]
            for picture in found.pictures {
                images[entry.label].add(picture.score, isAnomalous: isDefect)
                answers.append(
                    Answer(
                        entry: picture.entry, kind: list.classes[entry.label], isGood: !isDefect, score: picture.score))
                guard let mask = found.mask ?? (isDefect ? nil : []) else { continue }
                for (index, distance) in found.enlarged(picture, run).enumerated() {
                    pixels[entry.label].add(distance, isAnomalous: !mask.isEmpty && mask[index])
                }
            }
        }
        guard answers.contains(where: \.isGood), answers.contains(where: { !$0.isGood }) else {
            throw FitError.noTest(path: path)
        }
        let labels = list.classes.indices
        let goodLabels = labels.filter { isGood[$0] }
        func kind(_ name: String, _ members: [Int]) -> Kind {
            var (image, pixel) = (RankedScores(), RankedScores())
            for label in goodLabels {
                image.addAll(of: images[label])
                pixel.addAll(of: pixels[label])
            }
            for label in members {
                image.addAll(of: images[label])
                pixel.addAll(of: pixels[label])
            }
            let own = answers.filter { answer in members.contains { list.classes[$0] == answer.kind } }
            return Kind(
                name: name, pictures: own.count, found: own.count { $0.score > scale.threshold },
                imageAUROC: image.area ?? 0, pixelAUROC: pixel.area)
        }
        let defects = labels.filter { label in !isGood[label] && answers.contains { $0.kind == list.classes[label] } }
        kinds = defects.map { kind(list.classes[$0], [$0]) }
        all = kind("all", defects)
        good = answers.count(where: \.isGood)
        falseAlarms = answers.count { $0.isGood && $0.score > scale.threshold }
        self.answers = answers
        skipped =
            list.skipped
            + zip(list.entries, found).compactMap { entry, found in
                found.refusal.map { SkippedFile(name: entry.name, reason: $0) }
            }
    }

    /// What a file gave.
    private struct Found: Sendable {
        var pictures: [MapRun.Found] = []
        /// Of each pixel of the graph's input, whether it is of the defect; nil: nobody knows.
        var mask: [Bool]?
        var refusal: String?

        /// Distances in the size of the graph's input.
        func enlarged(_ picture: MapRun.Found, _ run: MapRun) -> [Float] {
            let (size, input) = (run.backbone.mapSize, run.backbone.input)
            let map = RawMap(height: size.height, width: size.width, values: picture.distances)
            return Bilinear.resized(map, height: input.height, width: input.width).values
        }
    }

    private static func look(
        at list: DataList, _ run: MapRun, _ progress: @escaping @Sendable (Int, Int) -> Void
    ) throws -> [Found] {
        let work = SideBySide<Found>(
            list.entries.count, on: run.compiled, of: run.backbone.path, threads: "maps",
            isCancelled: run.isCancelled, progress: progress)
        return try work { interrupt in
            let runner = try run.runner(FrameSampler(most: run.mostFrames, interrupt: interrupt))
            return { number in
                var found = Found()
                let entry = list.entries[number]
                found.refusal = try runner(entry) { _, seen in
                    found.pictures.append(
                        MapRun.Found(entry: number, seconds: seen.seconds, distances: Array(seen.output)))
                }
                if found.refusal != nil { found.pictures = [] }
                if !isGood(list.classes[entry.label]), let mask = DefectMask(of: entry) {
                    found.mask = try runner.pixels(of: mask.entry).map { pixels in
                        stride(from: 0, to: pixels.count, by: 3).map { pixels[$0] > 127 }
                    }
                }
                return found
            }
        }
    }
}

/// The picture that is white where another one has a defect, as anomaly data sets have it: `test/KIND/NAME.png` has
/// `ground_truth/KIND/NAME_mask.png`, or one with the same name.
struct DefectMask {
    let entry: DataList.Entry

    private static let endings = ["png", "bmp", "tif", "tiff", "jpg"]

    /// - Returns: nil: there is none.
    init?(of picture: DataList.Entry) {
        let file = URL(filePath: picture.path)
        let kind = file.deletingLastPathComponent()
        let folder = kind.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "ground_truth").appending(path: kind.lastPathComponent)
        let stem = file.deletingPathExtension().lastPathComponent
        let names = ["\(stem)_mask", stem].flatMap { name in Self.endings.map { "\(name).\($0)" } }
        guard
            let found = names.map({ folder.appending(path: $0).path }).first(where: {
                FileManager.default.fileExists(atPath: $0)
            })
        else { return nil }
        entry = DataList.Entry(path: found, name: picture.name, label: picture.label)
    }
}
