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

extension Prediction {
    /// With the probability that is to be read.
    package func printed(_ probabilities: [Int: Float]) -> Prediction {
        Prediction(classID: classID, label: label, probability: probabilities[classID] ?? probability)
    }
}

extension Float {
    /// Of a share, as it is read: "0.91".
    package var hundredths: String {
        // Written so that NaN becomes 0.
        let whole = self > 0 ? Int((min(Double(self), 1) * 100).rounded()) : 0
        return "\(whole / 100).\(whole % 100 / 10)\(whole % 10)"
    }
}

extension [Prediction] {
    /// With the probabilities that are to be read, best first.
    package func printed(_ probabilities: [Int: Float]) -> [Prediction] {
        probabilities.isEmpty
            ? self : map { $0.printed(probabilities) }.sorted { $0.probability > $1.probability }
    }
}

/// A picture, what the classifier says of it, and where it sees that.
package struct Explained: ~Copyable, Sendable {
    package var frame: Frame
    /// The most probable classes of this picture alone, or of the one that its maps are of, best first: five, or all where
    /// the classifier has fewer.
    package let top: [Prediction]
    /// What was explained, with its maps, the one to draw first; where methods are compared, each method's map of a class.
    package let observations: [Observation]
    /// How much older than the picture the maps are, in seconds; 0 where they were computed from it.
    package let mapAge: Double
    /// Whether the maps of an earlier picture hold, as nothing has changed since: their age is no lack then.
    package let isHeld: Bool
    /// Probabilities to read, by class: smoothed over time; a class that is not among them is printed as it is.
    package let printed: [Int: Float]
    /// Whether the drawn class is more than a guess; where it is not, its name would be noise.
    package let isRecognised: Bool
    /// How often the drawn class has changed until now; nil where it does not follow the picture.
    package let labelSwitches: Int?
    /// Whether nothing of the pictures before holds: another scene, or a gap between.
    package let beginsAnew: Bool
    /// What the numbers of the classes are.
    package let reading: ScoreReading
    /// Where classes of `top` are, by their numbers, in pixels of the picture: around the largest part that is more probably
    /// theirs than not; those that nobody asked for, or that have no such part, are missing.
    package let boxes: [Int: PixelBox]
    /// What is drawn in the place of the first observation's map, such as that of several things together; nil: nothing is.
    package var heat: Heatmap?
    /// What happened to objects that are followed.
    package let events: [ObjectEvent]

    package init(
        frame: consuming Frame, top: [Prediction], observations: [Observation], mapAge: Double = 0,
        isHeld: Bool = false,
        printed: [Int: Float] = [:], isRecognised: Bool = true, labelSwitches: Int? = nil,
        beginsAnew: Bool = false, reading: ScoreReading = .probability,
        boxes: [Int: PixelBox] = [:], heat: Heatmap? = nil, events: [ObjectEvent] = []
    ) {
        self.frame = frame
        self.top = top
        self.observations = observations
        self.mapAge = mapAge
        self.isHeld = isHeld
        self.printed = printed
        self.isRecognised = isRecognised
        self.labelSwitches = labelSwitches
        self.beginsAnew = beginsAnew
        self.reading = reading
        self.boxes = boxes
        self.heat = heat
        self.events = events
    }

    /// The same picture, of whose things somebody else says what they are.
    ///
    /// - Parameter top: the best of their classes.
    package consuming func naming(
        _ things: [Observation], top: [Prediction], heat: Heatmap?, events: [ObjectEvent]
    ) -> Explained {
        Explained(
            frame: frame, top: top, observations: things, mapAge: mapAge, isHeld: isHeld, printed: printed,
            isRecognised: isRecognised, labelSwitches: labelSwitches, beginsAnew: beginsAnew, reading: reading,
            boxes: boxes, heat: heat, events: events)
    }

    /// What the picture is about: the class of the map, which need not be the most probable one of this picture.
    package var drawn: Prediction? { observations.first?.prediction ?? top.first }
}

extension [Observation] {
    /// Of things that were seen, the most probable one of each class, best first.
    package func bestOfClasses(_ count: Int) -> [Prediction] {
        var best: [Int: Prediction] = [:]
        for seen in map(\.prediction) where seen.probability > best[seen.classID]?.probability ?? -1 {
            best[seen.classID] = seen
        }
        return best.values.sorted { ($0.probability, $1.classID) > ($1.probability, $0.classID) }.prefix(count).map(
            \.self)
    }
}
