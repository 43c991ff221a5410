import Engine
import Pipeline

/// What was found in a picture.
struct SeenPicture {
    /// On the trail of motion; nil: it is not on it.
    let number: Int?
    let seconds: Double
    let top: [Prediction]
    let observations: [Observation]
    /// As in `Explained`.
    let printed: [Int: Float]
    let isRecognised: Bool
}

/// A picture in flight.
final class PictureInFlight {
    let passes: Passes
    var frame: Frame?
    /// After a cut or a gap.
    var startsAnew = false
    /// Whether it takes the maps of the picture before, and no inference was started.
    var isFollowing = false
    /// On the trail of motion; nil: it is not on it.
    var number: Int?

    init(_ classifier: CompiledClassifier, _ runners: ProbeRunners) throws(OpenVINOError) {
        passes = try Passes(classifier, runners)
    }
}
