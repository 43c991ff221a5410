package import Pipeline
package import Serve

/// What was seen in one picture.
package struct Sighting: Sendable {
    /// Of the capture, in seconds since 1970.
    package var time: Double
    /// Which session of the model saw it: numbers of things are a session's.
    package var session: Int
    /// Whether a detector looked for things, rather than a classifier at the picture.
    package var isOfThings: Bool
    /// The most probable classes, or the things.
    package var classes: [ClassScore]
    /// What the picture shows; nil: nothing is recognised.
    package var shown: ClassScore?
    /// What happened to things that are followed.
    package var things: [ObjectEvent]
    /// How anomalous the picture is, 0...1 with the threshold at 0.5; nil: the model does not say.
    package var anomaly: Double?
    /// Of what is shown; nil: there is no map.
    package var heat: Heatmap?
    /// Of the input's picture, in pixels.
    package var (width, height): (Int, Int)

    package init(
        time: Double, session: Int = 0, isOfThings: Bool = false, classes: [ClassScore], shown: ClassScore? = nil,
        things: [ObjectEvent] = [], anomaly: Double? = nil, heat: Heatmap? = nil, width: Int = 1, height: Int = 1
    ) {
        (self.time, self.session, self.isOfThings) = (time, session, isOfThings)
        (self.classes, self.shown, self.things) = (classes, shown, things)
        (self.anomaly, self.heat, self.width, self.height) = (anomaly, heat, width, height)
    }

    /// How probable a class is, 0...1; 0: it is not among those that are told. Of several things the surest counts.
    package func probability(of label: String) -> Double {
        classes.lazy.filter { $0.label == label }.map(\.probability).max() ?? 0
    }
}
