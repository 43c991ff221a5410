import Capture
import Encode
import Evaluate
import Foundation
import Infer
import Live
import Logging
import Overlay
import Pipeline
import Reports
import Tracking

/// One sheet: a picture, and a panel for each method or layer, with the time that its map takes.
struct Comparison {
    let config: Config
    let methods: [ComparedMethod]
    /// Names of layers, for all compared methods.
    let layers: [String]
    /// Of the frame, in seconds.
    let time: Double?
    /// Pictures that methods are judged by; nil: none.
    let labelled: ShortEvaluation.Labelled?
    let printsJSON: Bool
    let log: Logger
    let showsProgress: Bool
    /// Methods that need the same are compiled once.
    let shared = SharedModels(keeping: 6)

    func callAsFunction() throws {
        try config.validate()
        try checkOutput()
        let source = try openSource(config.capture, interrupt: Interrupt())
        let format = source.format
        // The file is read once for all.
        let read = try shared.read(config.infer)
        defer { withExtendedLifetime(read) {} }
        let progress = ProgressLine(isShown: showsProgress)
        if read.findsBoxes { return try compareBoxes(source, progress) }
        try read.checkForMethods()
        try labelled?.check()
        // Whatever is wrong with model, class or layers is told before the first map.
        let first = try explainer(.cheapest, layers, config.infer, format, progress)
        for note in first.notes { log.debug("\(note)") }
        let picture = try FrameSearch.frame(of: source, at: time, progress)
        for warning in source.takeWarnings() { log.warning("\(warning)") }
        guard let observation = try TimedMap(first, picture).observation else { throw CaptureError.interrupted }
        let (seen, versus) = (observation.prediction, observation.versus)
        log.warnOfMissingGlyphs([seen.label] + (versus.map { [$0.label] } ?? []), config.overlay)
        first.settings.mapCount = 0
        let alone = try TimedMap(first, picture).time

        var infer = config.infer
        // By numbers: the picture may show the class itself that others are told apart from.
        (infer.explainedClass, infer.versus) = ("\(seen.classID)", versus.map { "\($0.classID)" })
        let maps = try compare(methods, picture, progress) { [infer] compared, picture throws(InferError) in
            let explainer = try explainer(
                compared.method, compared.layer.map { [$0] } ?? [], infer, format, progress)
            defer { for warning in explainer.takeWarnings() { log.warning("\(warning)") } }
            return ComparedMap(compared, explainer, try TimedMap(explainer, picture))
        }
        progress.erase()
        let text = SheetText(
            seen: seen, versus: versus, model: first.modelName, precision: first.precision, alone: alone,
            format: format, time: time,
            maps: maps)
        try write(text.sheet, picture, format)
        tell(maps, of: "\(seen.label) (\(seen.classID))" + (versus.map { " versus \($0.label)" } ?? ""))
        let evaluation = try judge(maps, progress)
        guard printsJSON else { return }
        try write(
            ComparisonJSON(
                first.modelName, first.precision, forward: alone, self, maps, class: seen, versus: versus,
                evaluation: evaluation))
    }

    func write(_ found: ComparisonJSON) throws { try StandardOutput.write(try found.text) }

    /// Methods whose maps look the same on one picture are judged once.
    ///
    /// - Returns: what was found; nil: there is nothing to judge by.
    private func judge(_ maps: [ComparedMap], _ progress: ProgressLine) throws -> Evaluation? {
        guard let labelled else { return nil }
        var judged: [MethodName] = []
        for map in maps where map.heatmap != nil && !judged.contains(map.compared.method) {
            judged.append(map.compared.method)
        }
        var infer = config.infer
        infer.explainedClass = nil
        return try ShortEvaluation(labelled, infer, methods: judged, layers: layers, shared, log)(
            progress, printsTable: !printsJSON)
    }

    func tell(_ maps: [ComparedMap], of what: String) {
        log.info("\(config.encode.output): \(counted(maps.count { $0.heatmap != nil }, "map", "maps")) of \(what)")
    }

    private func checkOutput() throws {
        let output = config.encode.output
        guard ["png", "jpg", "jpeg"].contains(URL(filePath: output).pathExtension.lowercased()) else {
            throw CompareError.notAPicture(path: output)
        }
        try config.encode.checkOutput()
    }

    private func explainer(
        _ method: MethodName, _ layers: [String], _ config: InferConfig, _ format: VideoFormat,
        _ progress: ProgressLine
    ) throws(InferError) -> Explainer {
        var config = config
        config.method = method
        config.layers = layers
        config.smoothing = 0
        config.scale = .frame
        return try Explainer(
            config, format: format, mapCount: 1, monitor: PassMonitor { count in progress.note(count) },
            shared: shared)
    }

    /// A map for each compared method that works, and what is wrong with those that do not.
    ///
    /// - Parameter make: what a method makes of the picture.
    /// - Throws: why the first one does not work, if none does.
    func compare(
        _ methods: [ComparedMethod], _ picture: borrowing Frame, _ progress: ProgressLine,
        _ make: (ComparedMethod, borrowing Frame) throws(InferError) -> ComparedMap
    ) throws(InferError) -> [ComparedMap] {
        var maps: [ComparedMap] = []
        var failures: [(compared: ComparedMethod, error: InferError)] = []
        for (number, compared) in methods.enumerated() {
            progress.draw { _ in "\(number + 1)/\(methods.count)  \(compared.method.title)" }
            do throws(InferError) {
                let map = try make(compared, picture)
                if compared.isOptional, let same = maps.firstIndex(where: { map.looks(like: $0) }) {
                    maps[same].equals.append("\(map.method) (\(map.time))")
                    log.info("\(map.name): \(map.time), the same map as \(maps[same].name)")
                } else {
                    maps.append(map)
                    log.info("\(map.name): \(map.time)")
                }
            } catch {
                failures.append((compared, error))
                if !compared.isOptional { maps.append(ComparedMap(compared, failed: error)) }
            }
        }
        if let first = failures.first, maps.allSatisfy({ $0.heatmap == nil }) { throw first.error }
        for (compared, error) in failures {
            log.log(level: compared.isOptional ? .info : .warning, "no \(compared.method.title): \(error)")
        }
        return maps
    }

    func write(_ sheet: Sheet, _ picture: borrowing Frame, _ format: VideoFormat) throws {
        let painter = try SheetPainter(sheet, config.overlay, input: format)
        let page = try painter.paint(picture)
        let sink = try openSink(config.encode, format: painter.outputFormat)
        try sink.write(page)
        try sink.finish()
    }
}
