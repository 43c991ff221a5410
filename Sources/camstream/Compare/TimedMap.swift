import Infer
import Pipeline

/// A map of one picture, and how long it takes.
struct TimedMap {
    /// None where the explainer was asked for none, or a detector found nothing.
    let observations: [Observation]
    /// That of all boxes that a detector found; nil: the model looks for none.
    let heat: Heatmap?
    /// From the picture to its map: scaling it for the model, the forward pass, and what the method does.
    let time: Duration
    /// How often the map was made.
    let count: Int

    /// Runs after the first one, which makes caches and memory warm.
    static let usualRuns = 15
    /// A first run that takes longer is the only one.
    private static let longest = Duration.milliseconds(600)
    /// For the runs that follow: one of a large model, and all of a small one.
    private static let budget = Duration.milliseconds(250)

    var observation: Observation? { observations.first }

    init(
        _ explainer: any PictureExplainer, _ picture: borrowing Frame, runs: Int = TimedMap.usualRuns
    ) throws(InferError) {
        var last = try Self.run(explainer, picture)
        var times: [Duration] = []
        let start = ContinuousClock.now
        while last.time < Self.longest, times.count < runs,
            times.isEmpty || ContinuousClock.now - start + last.time < Self.budget
        {
            last = try Self.run(explainer, picture)
            times.append(last.time)
        }
        (observations, heat, count) = (last.observations, last.heat, times.count + 1)
        time = Self.median(times) ?? last.time
    }

    private static func run(
        _ explainer: any PictureExplainer, _ picture: borrowing Frame
    ) throws(InferError) -> (observations: [Observation], heat: Heatmap?, time: Duration) {
        let frame: Frame
        do throws(FFmpegError) { frame = try picture.reference() } catch { throw .picture(error) }
        let start = ContinuousClock.now
        try explainer.submit(frame)
        let explained = try explainer.next()!
        let time = ContinuousClock.now - start
        return (explained.observations, explained.heat, time)
    }

    /// nil of none.
    static func median(_ times: [Duration]) -> Duration? {
        times.isEmpty ? nil : times.sorted()[times.count / 2]
    }

    /// Such as "7.4 ms", "120 ms", "12.3 s".
    static func text(_ time: Duration) -> String {
        let milliseconds = time / .milliseconds(1)
        if milliseconds < 9.95 { return "\((milliseconds * 10).rounded() / 10) ms" }
        if milliseconds < 9_999.5 { return "\(Int(milliseconds.rounded())) ms" }
        return "\((milliseconds / 100).rounded() / 10) s"
    }
}
