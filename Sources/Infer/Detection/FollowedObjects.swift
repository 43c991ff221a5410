import Detect
import Pipeline

/// The objects of a stream: which boxes are the same thing as before, and where they have been.
struct FollowedObjects {
    /// A box in one picture.
    struct Object {
        let detection: Detection
        let box: PixelBox
        /// nil: nobody follows objects.
        let track: Int?
    }

    private var config: DetectConfig
    private var tracker: BoxTracker
    private var dwell: DwellMap
    private var events: [TrackEvent] = []
    private let width: Int
    private let height: Int

    /// - Parameter width: of the picture, as `height`.
    init(_ config: DetectConfig, width: Int, height: Int) {
        (self.config, self.width, self.height) = (config, width, height)
        tracker = BoxTracker(minScore: Float(config.minScore))
        dwell = DwellMap(pictureWidth: width, pictureHeight: height)
    }

    /// Takes other settings.
    mutating func follow(_ new: DetectConfig) {
        if new.track != config.track { events += tracker.forget() }
        if new.heat == .dwell, config.heat != .dwell { dwell.forget() }
        tracker.minScore = Float(new.minScore)
        config = new
    }

    /// Ends all objects: another scene follows. Where they have been stays.
    mutating func forget() { events += tracker.forget() }

    /// - Parameter detections: in pixels of the picture, best first.
    mutating func update(_ detections: [Detection], at seconds: Double) -> [Object] {
        guard config.track == .on else {
            return detections.compactMap { found in object(found, found.box, nil) }
        }
        let update = tracker.update(detections, at: seconds)
        events += update.events
        return update.boxes.compactMap { object($0.detection, $0.box, $0.id) }
    }

    private func object(_ detection: Detection, _ box: Region, _ track: Int?) -> Object? {
        guard let inside = box.clipped(width: Double(width), height: Double(height)) else { return nil }
        let (x0, y0) = (Int(inside.x.rounded()), Int(inside.y.rounded()))
        let box = PixelBox(
            x0: min(x0, width - 1), y0: min(y0, height - 1),
            x1: min(max(Int((inside.x + inside.width).rounded()), x0 + 1), width),
            y1: min(max(Int((inside.y + inside.height).rounded()), y0 + 1), height))
        return Object(detection: detection, box: box, track: track)
    }

    /// What is drawn of a picture's boxes; nil: nothing.
    ///
    /// - Parameter hasMaps: whether the boxes have maps.
    mutating func heat(of observations: [Observation], at seconds: Double, hasMaps: Bool) -> Heatmap? {
        guard let join = config.heat.join else {
            dwell.add(observations.compactMap { $0.box.map(Region.init) }, at: seconds)
            return dwell.heatmap
        }
        guard hasMaps else { return nil }
        return BoxHeat.join(observations, join, pictureWidth: width, pictureHeight: height)
    }

    /// What has happened since the last call.
    mutating func takeEvents(_ names: ClassNames) -> [ObjectEvent] {
        defer { events = [] }
        return events.map { ObjectEvent(kind: $0.kind.rawValue, track: $0.id, label: names.shown[$0.classID]) }
    }
}
