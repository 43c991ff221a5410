/// One class as the classifier sees it in one picture.
package struct Prediction: Sendable, Equatable {
    /// Index of the class in the classifier's output, from 0.
    package let classID: Int
    package let label: String
    /// 0...1.
    package let probability: Float

    package init(classID: Int, label: String, probability: Float) {
        self.classID = classID
        self.label = label
        self.probability = probability
    }
}

/// A picture, what the classifier says of it, and where it sees that.
package struct Explained: ~Copyable, Sendable {
    package var frame: Frame
    /// The most probable classes, best first: five, or all where the classifier has fewer.
    package let top: [Prediction]
    /// The explained classes and their maps, the one to draw first.
    package let maps: [ClassMap]
    /// How much older than the picture the maps are, in seconds; 0 where they were computed from it.
    package let mapAge: Double

    package init(frame: consuming Frame, top: [Prediction], maps: [ClassMap], mapAge: Double = 0) {
        self.frame = frame
        self.top = top
        self.maps = maps
        self.mapAge = mapAge
    }
}

/// The map of one class.
package struct ClassMap: Sendable, Equatable {
    package let prediction: Prediction
    package let heatmap: Heatmap
    /// What the method made, Float `[height, width]` of the heatmap: not smoothed, clipped or scaled; nil: nobody asked.
    package let raw: [Float]?

    package init(prediction: Prediction, heatmap: Heatmap, raw: [Float]? = nil) {
        self.prediction = prediction
        self.heatmap = heatmap
        self.raw = raw
    }
}
