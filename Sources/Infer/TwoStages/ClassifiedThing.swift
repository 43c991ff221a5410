import Pipeline
import Tracking

/// What a classifier made of a thing in the pictures until now, so that neither its class nor its map flickers.
struct ClassifiedThing {
    private(set) var classes: ExplainedClasses
    /// For methods that look at the map before.
    var maps: LayerMaps
    /// When it was looked at last; nil: never.
    private var seconds: Double?
    /// What it was called last; nil: nothing yet.
    private(set) var label: String?

    init(_ classes: ExplainedClasses, _ maps: LayerMaps) { (self.classes, self.maps) = (classes, maps) }

    /// Takes the scores of a picture.
    ///
    /// - Returns: the class that is explained, and the most probable ones of the picture alone; nil where a score is no number.
    mutating func read(
        _ logits: UnsafeBufferPointer<Float>, _ settings: MapSettings, at now: Double
    ) -> (classID: Int, top: [Int])? {
        guard let top = classes.read(logits) else { return nil }
        let chosen = classes.choose(among: top, settings, after: seconds.map { now - $0 } ?? 0)
        seconds = now
        return chosen.first.map { ($0, top) }
    }

    /// With the probability that is to be read: smoothed as the maps are.
    func prediction(_ classID: Int, _ settings: MapSettings) -> Prediction {
        classes.prediction(classID).printed(classes.printed([classID], settings))
    }

    /// - Returns: whether it was called something else before.
    mutating func call(_ new: String) -> Bool {
        defer { label = new }
        return label != nil && label != new
    }
}
