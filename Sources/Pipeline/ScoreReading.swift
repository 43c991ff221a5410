/// What the numbers of a picture's classes are, and so how they are printed.
package enum ScoreReading: String, Codable, Sendable, Equatable {
    /// Each class's probability, as a classifier says it.
    case probability
    /// Each class's share of the picture, as a segmentation model says it.
    case share
    /// Class 1's number is how anomalous the picture is, normalised to 0...1 with the threshold at 0.5; class 0's is the rest.
    case anomaly
    /// How sure the model is of each thing that it found.
    case objects
    /// Nothing: the model gives a map and no more.
    case none

    /// How anomalous a picture is.
    ///
    /// - Parameter prediction: of either class.
    package static func anomalyScore(_ prediction: Prediction) -> Float {
        prediction.classID == 1 ? prediction.probability : 1 - prediction.probability
    }

    /// The level of the heat from which on a place counts as anomalous; nil: there is no such level.
    package var contour: Float? { self == .anomaly ? 0.5 : nil }
}
