import CFFmpeg
import Pipeline

/// Remembers what was seen in each frame of a recording. For one thread.
final class SeenFrames {
    private(set) var frames: [SeenFrame] = []
    /// Of classes, in the order in which they were met.
    private(set) var names: [String] = []
    /// What a detector found; nil: the model looks for no things.
    private(set) var objects: SeenObjects?
    /// Seconds, for frames that do not say how long they are shown.
    let usualDuration: Double
    private var places: [Int: Int32] = [:]

    /// - Parameter format: of the recording's pictures.
    init(_ format: VideoFormat) {
        let rate = format.frameRate
        usualDuration = rate.num > 0 ? Double(rate.den) / Double(rate.num) : 1.0 / 25
    }

    /// Takes the next picture.
    func add(_ explained: borrowing Explained) -> SeenFrame {
        let (top, unit) = (explained.top, explained.frame.timeBase)
        let drawn = explained.drawn
        let duration = Double(explained.frame.duration) * Double(unit.num) / Double(unit.den)
        let (width, height) = (explained.frame.width, explained.frame.height)
        let heatmap = explained.heat ?? explained.observations.first?.heatmap
        let hot = heatmap?.hotShare(pictureWidth: width, pictureHeight: height) ?? 0
        let seen = SeenFrame(
            time: explained.frame.seconds, duration: duration > 0 ? duration : usualDuration,
            drawn: drawn.map(place) ?? -1, best: top.first.map(place) ?? -1,
            probability: drawn?.printed(explained.printed).probability ?? 0,
            // Where nothing is seen, no two are close.
            margin: top.first.map { $0.probability - (top.count > 1 ? top[1].probability : 0) } ?? 1, hot: Float(hot),
            isRecognised: explained.isRecognised)
        frames.append(seen)
        if explained.reading == .objects {
            // It is the one owner while it changes.
            var found = objects.take() ?? SeenObjects()
            found.add(explained.observations, from: seen.time, for: seen.duration, place)
            objects = found
        }
        return seen
    }

    private func place(_ prediction: Prediction) -> Int32 {
        if let place = places[prediction.classID] { return place }
        let place = Int32(names.count)
        places[prediction.classID] = place
        names.append(prediction.label)
        return place
    }
}
