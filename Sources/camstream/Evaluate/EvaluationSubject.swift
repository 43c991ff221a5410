import Batch
import Capture
import Catalogue
import Evaluate
import Foundation
import Infer
import Logging
import Pipeline
import Reports

/// What is judged: methods that explain a model's classes in pictures.
struct EvaluationSubject {
    private(set) var data: LabelledData
    let methods: EvaluatedMethods
    /// Which of the model's classes the data's are.
    let classes: [String: Int]
    private let settings: EvaluateSettings
    /// With the model's file in place of its name.
    private let infer: InferConfig
    private let log: Logger
    /// The file is read once for all.
    private let read: ReadModel

    /// How many things that are left out are told one by one; the report has all.
    private static let mostTold = 5

    /// Reads the lists of the data, opens the methods, and matches classes.
    ///
    /// - Parameter shared: what has been read and compiled before.
    /// - Throws: `DataError`, `EvaluationError`, `CatalogueError`, `InferError`.
    init(
        _ settings: EvaluateSettings, _ monitor: PassMonitor, _ log: Logger,
        shared: SharedModels = SharedModels(keeping: 8, keepingReady: 32)
    ) throws {
        var data = try LabelledData(path: settings.data, layout: settings.layout)
        // Nothing is computed for thresholds of nothing.
        if settings.evaluation.tuneShare > 0, data.pictures.allSatisfy({ $0.boxes.isEmpty && $0.mask == nil }) {
            throw EvaluationError.tuneWithoutPlaces
        }
        var infer = settings.infer
        infer.model = try ModelChoice(infer, input: nil, log: log).path
        read = try shared.read(infer)
        try read.checkForMethods()
        if let doubt = read.doubt { log.warning("\(doubt)") }
        methods = try EvaluatedMethods(settings.methods, layers: settings.layers, infer, shared, monitor, log)
        classes = try Self.match(&data, settings, methods, log)
        if let limit = settings.limit { data.limit(to: limit) }
        (self.data, self.settings, self.infer, self.log) = (data, settings, infer, log)
    }

    /// In a line, for the log.
    var summary: String {
        "\(data.path): \(counted(data.pictures.count, "image", "images")) of "
            + "\(counted(data.labels.count, "class", "classes")), as \(data.layout.rawValue)"
    }

    /// The class that is to be explained in pictures of a label; nil: the most probable one.
    func explainedClass(_ label: String) -> Int? { settings.target == .label ? classes[label] : nil }

    /// Pictures of classes that the model does not have are left out, unless the most probable class is explained.
    private static func match(
        _ data: inout LabelledData, _ settings: EvaluateSettings, _ methods: EvaluatedMethods, _ log: Logger
    ) throws -> [String: Int] {
        let map = try settings.labelsMap.map { path throws(DataError) in try LabelsMap(path: path) }
        let labels = data.labels
        let match = try ClassMatch(labels, names: methods.names.full, map: map, synsets: data.synsets)
        guard settings.target == .label else { return match.numbers }
        if match.numbers.isEmpty, let first = match.unmatched.first {
            throw DataError.nothingMatches(path: data.path, label: first.label, labels: labels.count, near: first.near)
        }
        for (label, near) in match.unmatched.prefix(Self.mostTold) {
            let meant = near.isEmpty ? "" : "; near it are \(near.map { "'\($0)'" }.joined(separator: ", "))"
            log.warning("left out: the model has no class '\(label)'\(meant) (--labels-map FILE says which it is)")
        }
        let others = match.unmatched.count - Self.mostTold
        if others > 0 { log.warning("left out: \(others) more classes that the model does not have") }
        data.keep(where: { match.numbers[$0.label] != nil }, orElse: "the model has no class of its name")
        return match.numbers
    }

    /// Judges picture after picture.
    ///
    /// - Parameters:
    ///   - known: keys of pictures that are judged already.
    ///   - take: is given each one, with what was found.
    /// - Returns: how many pictures were left out without a word.
    /// - Throws: `CaptureError.interrupted`, `InferError`, and what `take` throws.
    func judge(
        _ judges: [any MapJudge], known: Set<String> = [], _ interrupt: Interrupt, _ progress: ProgressLine,
        _ take: (JudgedPicture) throws -> Void
    ) throws -> Int {
        let judging = PictureJudging(
            methods: methods, judges: judges, isTrimap: data.layout == .trimaps,
            seed: settings.infer.methodOptions.seed, log: log)
        let total = data.pictures.count
        let rest = data.pictures.filter { !known.contains($0.key) }
        var leftOut = 0
        for (number, picture) in rest.enumerated() {
            if interrupt.isRaised { throw CaptureError.interrupted }
            let judged = try judging(
                picture, explained: explainedClass(picture.label), true: classes[picture.label], interrupt)
            try take(judged)
            if let problem = judged.problem {
                leftOut += 1
                if leftOut <= Self.mostTold { log.warning("left out: \(picture.name): \(problem)") }
            }
            progress.draw { seconds in
                let done = number + 1
                let left = seconds / Double(done) * Double(rest.count - done)
                return "\(known.count + done)/\(total) images  \(100 * (known.count + done) / total) %  "
                    + "ETA \(ProgressLine.time(left))  \(picture.name)"
            }
        }
        return max(0, leftOut - Self.mostTold)
    }

    /// What a report must tell.
    ///
    /// - Parameter judges: tell what places do not.
    func facts(_ judges: [any MapJudge]) -> RunFacts {
        let card =
            (infer.card
            ?? infer.files(ofModel: infer.model ?? "").map(\.path).first { path in
                ["yaml", "yml"].contains(URL(filePath: path).pathExtension.lowercased())
            }).flatMap { try? TextFile.bytes(of: $0) }
        let labels = Set(data.labels)
        return RunFacts(
            program: "camstream \(Camstream.version)",
            machine: "\(Machine.this.processor), \(ProcessInfo.processInfo.activeProcessorCount) cores",
            precision: methods.precision, model: methods.modelName, modelChecksum: methods.modelChecksum,
            cardChecksum: card.map { Checksum.hexDigits(of: Array($0)) }, data: data.path, layout: data.layout,
            dataChecksum: data.checksum, pictures: data.pictures.count, ignoredBoxes: data.ignoredBoxes,
            classes: classes.filter { labels.contains($0.key) }, target: settings.target.rawValue,
            seed: UInt64(settings.infer.methodOptions.seed),
            methods: methods.facts
                + Baseline.allCases.map { RunFacts.Method(key: $0.key, title: $0.title, isBaseline: true) },
            judged: judges.flatMap(\.metrics), series: judges.flatMap(\.series), options: settings.options)
    }
}
