import Pipeline
import Serve

/// How things are before a camera: what MQTT keeps as its retained state. docs/reference/events.md describes it.
package struct CameraStanding: Codable, Sendable, Equatable {
    /// Whether pictures come.
    package var signal: Bool
    /// Of the newest picture's capture, in seconds since 1970; nil: none came.
    package var time: Double?
    /// Name and number of what is shown; nil: nothing is recognised. Of several things the surest.
    package var label: String?
    package var classId: Int?
    /// 0...1.
    package var probability: Double?
    /// Since when it is shown, in seconds since 1970.
    package var since: Double?
    /// How anomalous the picture is, 0...1 with the threshold at 0.5.
    package var anomaly: Double?
    /// How many things there are.
    package var things: Int?
    /// Share of the picture above half of the strongest heat, 0...1.
    package var hot: Double?
    /// `[x, y]` of the strongest heat, and `[x0, y0, x1, y1]` around what is hot, or of the thing; in pixels of the input's picture.
    package var peak: [Int]?
    package var box: [Int]?
    /// Whether each of the chosen classes is there.
    package var classes: [String: Bool] = [:]
    /// Whether it is being recorded; nil: nothing can be.
    package var recording: Bool?

    package init(signal: Bool) { self.signal = signal }

    mutating func shows(_ score: ClassScore?, since: Double?) {
        guard let score else { return }
        (label, classId, probability) = (score.label, score.id, CameraEvent.rounded(score.probability))
        (self.since, box) = (since.map(CameraEvent.rounded), score.box)
    }

    /// Measures where the heat is.
    mutating func measure(_ heat: Heatmap, width: Int, height: Int) {
        hot = CameraEvent.rounded(heat.hotShare(pictureWidth: width, pictureHeight: height))
        peak = heat.peak(pictureWidth: width, pictureHeight: height).map { [$0.x, $0.y] }
        box =
            box ?? heat.hotBox(pictureWidth: width, pictureHeight: height).map { [$0.x0, $0.y0, $0.x1, $0.y1] }
    }
}
