/// Something that the model sees in a picture, and the map of what speaks for it.
package struct Observation: Sendable, Equatable {
    /// The number that the map explains.
    package let target: ExplanationTarget
    /// The target's value in the picture, before any softmax or sigmoid; nil: nobody knows.
    package let score: Float?
    /// What it is: its class, and how probable that is.
    package let prediction: Prediction
    /// What a detector says that it is, where the class is what a classifier says of it; nil: there is none, or the class is the
    /// detector's.
    package var found: Prediction?
    /// Whether the class is more than a guess.
    package var isRecognised = true
    package var heatmap: Heatmap
    /// What the method made, Float `[height, width]` of the heatmap: not smoothed, clipped or scaled; nil: nobody asked.
    package var raw: [Float]?
    /// nil: nobody knows.
    package let scales: MapScales?
    /// What made the map; nil: nobody knows.
    package let method: MapMethod?
    /// The class that it is told apart from: what speaks for that one speaks against it; nil: none.
    package let versus: Prediction?
    /// What a classifier was given of the thing, in pixels of the picture: its map is of that alone, and goes with the thing; nil:
    /// the map is of all that the model looked at.
    package var crop: PixelBox?
    /// The part of the picture that motion is told of, where that is another one than the map covers; nil: it is not.
    package var movingRegion: Region?
    /// Where the thing is, in pixels of the picture; nil: the model does not say, as classifiers do not.
    package var box: PixelBox?
    /// The number of the object that it is over time, from 1; nil: nobody follows objects.
    package var track: Int?
    /// The share of the map's heat that lies inside `box`, 0...1; nil: nobody measured.
    package var energyInBox: Double?
    /// The box around the map's hot region in the picture's own size, where it was measured before the map was rounded; nil: it
    /// is to be measured.
    package var hotBox: PixelBox?

    /// - Parameter target: nil: the score of the prediction's class.
    package init(
        target: ExplanationTarget? = nil, score: Float? = nil, prediction: Prediction, heatmap: Heatmap,
        raw: [Float]? = nil, scales: MapScales? = nil, method: MapMethod? = nil,
        versus: Prediction? = nil, box: PixelBox? = nil, track: Int? = nil, hotBox: PixelBox? = nil
    ) {
        self.target = target ?? .score(prediction.classID)
        self.score = score
        self.prediction = prediction
        self.heatmap = heatmap
        self.raw = raw
        self.scales = scales
        self.method = method
        self.versus = versus
        self.box = box
        self.track = track
        self.hotBox = hotBox
    }

    /// What it is called: where its class is a guess, what a detector says.
    package var called: Prediction { isRecognised ? prediction : found ?? prediction }

    /// Whether it is explained by its class's score, as `prediction` says it, and nothing else.
    package var isOfOwnScore: Bool { target == .score(prediction.classID) }
}

/// What makes maps.
package struct MapMethod: Sendable, Equatable {
    /// As settings and the sidecar write it.
    package let name: String
    /// As papers write it.
    package let title: String

    package init(name: String, title: String) {
        self.name = name
        self.title = title
    }
}

/// Which raw values are drawn as no heat and as full heat, in the unit of the method's maps.
package struct ColourScale: Sendable, Equatable {
    package let low: Float
    package let high: Float

    package init(low: Float, high: Float) {
        self.low = low
        self.high = high
    }

    /// Where a raw value lies between no heat and full heat; nil: not between them.
    package func level(of value: Float) -> Float? {
        let level = (value - low) / (high - low)
        return level > 0 && level < 1 ? level : nil
    }
}

/// The colour scale of a map, before and after it was made steady.
package struct MapScales: Sendable, Equatable {
    /// Of the frame's raw map by itself.
    package let frame: ColourScale
    /// What it is drawn with.
    package let shown: ColourScale

    package init(frame: ColourScale, shown: ColourScale) {
        self.frame = frame
        self.shown = shown
    }
}
