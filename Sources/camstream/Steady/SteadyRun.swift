import Capture
import Demo
import Infer
import Logging
import Pipeline
import Steadiness

/// Measures an input with two settings, picture by picture side by side.
struct SteadyRun {
    let input: String
    let settings: SteadySettings
    /// By the number of a video's frame; nil: none are known.
    let boxes: BoxFile?
    let log: Logger
    let showsProgress: Bool
    private let models = SharedModels()

    /// On how many pictures of a video insertion and deletion are measured.
    private static let scoredPictures = 6

    func callAsFunction() throws -> Report {
        let progress = ProgressLine(isShown: showsProgress)
        defer { progress.erase() }
        // The file is read once for all who look at it.
        let read = try models.read(settings.steady)
        defer { withExtendedLifetime(read) {} }
        if let doubt = read.doubt { log.warning("\(doubt)") }
        if let address = try DemoAddress(input) {
            guard boxes == nil else { throw SteadyError.boxesOfDrawn(input: input) }
            let drawn = try DrawnClips(scene: address.scene)
            var report = try measure(drawn, progress)
            let source = try DemoSource(address, interrupt: Interrupt())
            let scene = try measure(source, name: "demo", progress) { frame in
                try source.truth(ofFrame: frame).map { Shown(box: $0.box, className: $0.className) }
            }
            report.rows += scene.rows
            report.series += scene.series
            return report
        }
        var capture = CaptureConfig()
        capture.input = input
        let source = try openSource(capture, interrupt: Interrupt())
        if source.isLive { throw SteadyError.live(input: source.name) }
        if source.frameCountEstimate == 1 {
            guard boxes == nil else { throw SteadyError.boxesOfDrawn(input: input) }
            guard let photo = try source.next() else { throw CaptureError.interrupted }
            return try measure(try DrawnClips(photo: photo, source.format), progress)
        }
        let known = boxes.map { file in
            { (frame: Int) in file.boxes[frame].map { Shown(box: $0) } }
        }
        return try measure(source, name: "video", progress, truth: known)
    }

    /// The object that a frame shows.
    private struct Shown {
        let box: PixelBox
        /// nil: not known.
        var className: String?
    }

    private func methods(
        _ format: VideoFormat
    ) throws(InferError) -> (raw: MeasuredMethod, steady: MeasuredMethod) {
        (
            try MeasuredMethod(settings.against, isRaw: settings.isRaw, format: format, models),
            try MeasuredMethod(settings.steady, isRaw: false, format: format, models)
        )
    }

    private func report(_ explainer: any PictureExplainer) -> Report {
        Report(
            input: input, model: explainer.modelName, method: explainer.methods[0].title, against: settings.name)
    }

    private func measure(_ drawn: DrawnClips, _ progress: ProgressLine) throws -> Report {
        let painter = drawn.painter
        let pair = try methods(painter.format)
        var report = report(pair.steady.explainer)
        for clip in drawn.clips {
            var (raw, steady) = (MapSequence(), MapSequence())
            pair.raw.forget()
            pair.steady.forget()
            let facts = ClipFacts(clip, painter)
            let scorer =
                facts.jumpsAreCuts ? try SteadyScorer(settings.against, format: painter.format, models) : nil
            let settled = Set(facts.settled(of: clip.shots.count))
            let before = looks(pair)
            for index in clip.shots.indices {
                let picture = try painter.frame(index, of: clip)
                let (one, two) = try record(picture, pair, &raw, &steady)
                if settled.contains(index) {
                    try scorer?.add(raw: one, steady: two, picture)
                }
                progress.draw { _ in "\(facts.name): \(index + 1)/\(clip.shots.count) frames" }
            }
            tellIfEmpty(facts.name, raw, steady)
            let measurement = Measurement(facts, raw: raw, steady: steady)
            report.rows += measurement.rows + (scorer?.rows(clip: facts.name) ?? [])
            report.rows += agreement(measurement, pair, since: before)
            report.series.append(measurement.series)
        }
        return report
    }

    /// - Parameter truth: which object a frame shows, and where; nil: no frame's is known.
    private func measure(
        _ source: any FrameSource, name: String, _ progress: ProgressLine, truth: ((Int) throws -> Shown?)?
    ) throws -> Report {
        let pair = try methods(source.format)
        let scorer = try SteadyScorer(settings.against, format: source.format, models)
        var facts = ClipFacts(name: name, width: source.format.width, height: source.format.height)
        var (raw, steady) = (MapSequence(), MapSequence())
        var shown: String?
        let stride = max(1, (source.frameCountEstimate ?? 300) / Self.scoredPictures)
        progress.expect(frames: source.frameCountEstimate)
        while let picture = try source.next() {
            for warning in source.takeWarnings() { log.warning("\(warning)") }
            let (one, two) = try record(picture, pair, &raw, &steady)
            if let truth {
                let known = try truth(picture.index)
                facts.boxes.append(known?.box)
                if let name = known?.className {
                    if let shown, shown != name { facts.objectChanges += 1 }
                    shown = name
                }
            }
            // In the middle of each part of the video.
            let count = raw.count
            if count % stride == (stride + 1) / 2 % stride, count <= Self.scoredPictures * stride {
                try scorer.add(raw: one, steady: two, picture)
            }
            progress.update(frames: count, label: nil)
        }
        guard raw.count > 1 else { throw SteadyError.tooShort(input: source.name, frames: raw.count) }
        tellIfEmpty(source.name, raw, steady)
        let measurement = Measurement(facts, raw: raw, steady: steady)
        var report = report(pair.steady.explainer)
        report.rows = measurement.rows + scorer.rows(clip: name) + agreement(measurement, pair, since: (0, 0))
        report.series = [measurement.series]
        return report
    }

    /// Of maps without anything in them all figures are good.
    private func tellIfEmpty(_ clip: String, _ raw: MapSequence, _ steady: MapSequence) {
        for (name, recording) in [(settings.name, raw), ("steady", steady)]
        where recording.classes.allSatisfy(\.isEmpty) {
            log.warning("\(clip): nothing is found in any of its pictures (\(name)), so its figures say nothing")
        }
    }

    /// How many pictures the models have looked at.
    private func looks(_ pair: (raw: MeasuredMethod, steady: MeasuredMethod)) -> (Int, Int) {
        (pair.raw.explainer.inferences, pair.steady.explainer.inferences)
    }

    /// Maps of libraries are others, and not to be met.
    private func agreement(
        _ measured: Measurement, _ pair: (raw: MeasuredMethod, steady: MeasuredMethod), since before: (Int, Int)
    ) -> [Report.Row] {
        guard !settings.isRaw else { return [] }
        let now = looks(pair)
        return Agreement(
            measured.facts, measured.raw, measured.steady, looks: (now.0 - before.0, now.1 - before.1)
        ).rows
    }

    private func record(
        _ picture: borrowing Frame, _ pair: (raw: MeasuredMethod, steady: MeasuredMethod),
        _ raw: inout MapSequence, _ steady: inout MapSequence
    ) throws -> (raw: Look, steady: Look) {
        let looks = (raw: try pair.raw.look(at: picture), steady: try pair.steady.look(at: picture))
        raw.append(looks.raw.heatmap, looks.raw.classes, tracks: looks.raw.tracks, seconds: picture.seconds)
        steady.append(looks.steady.heatmap, looks.steady.classes, tracks: looks.steady.tracks, seconds: picture.seconds)
        return looks
    }
}
