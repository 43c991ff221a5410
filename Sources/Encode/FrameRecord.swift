package import Pipeline

/// What was seen in one frame: a line of the sidecar file.
package struct FrameRecord: Sendable, Equatable {
    /// Position in the input, from 0, and time in seconds.
    package var frame: Int
    package var time: Double
    /// How the map was computed, such as "cam".
    package var method: String
    /// The class that the map explains; nil: of the things that are looked for, there is none.
    package var classID: Int?
    package var label: String?
    /// The most probable classes, best first.
    package var top: [Prediction]
    /// `[x, y]` of the map's strongest point, in pixels of the input picture; nil: there is no map.
    package var peak: [Int]?
    /// `[x0, y0, x1, y1]` of the hot region, in pixels of the input picture.
    package var box: [Int]?
    /// `[x0, y0, x1, y1]` of the thing itself, in pixels of the input picture; nil: the model does not say.
    package var objectBox: [Int]?
    /// The class that it is told apart from; nil: none.
    package var versus: Prediction?
    /// What the map explains, and its value; nil: the score of its class.
    package var target: ExplanationTarget?
    package var score: Float?
    /// Share of pixels above half of the strongest, 0...1.
    package var hot: Double?
    /// What is no heat and full heat in the unit of the method's maps; nil: there is no map.
    package var scales: MapScales?
    /// How often the class has changed so far; nil: it was chosen.
    package var labelSwitches: Int?
    /// Seconds by which the map is older than the frame; nil: it is the frame's own.
    package var mapAge: Double?
    /// Of classes in `top`, where the model says where they are: corners of the box, by the class's number.
    package var boxes: [Int: [Int]] = [:]
    /// How anomalous the picture is, 0...1 with the threshold at 0.5; nil: the model does not say.
    package var anomaly: Float?
    /// The things that a detector found, best first; nil: the model looks for none.
    package var detections: [Detection]?
    /// What happened to objects that are followed.
    package var events: [ObjectEvent] = []
    /// What viewers taught, where its classes stand in for the model's own.
    package var taught: Taught?

    /// A thing that a detector found.
    package struct Detection: Sendable, Equatable {
        /// The number of the object over time; nil: nobody follows objects.
        package var id: Int?
        package var classID: Int
        package var label: String
        /// What a classifier gives its class; nil: the class is the detector's.
        package var probability: Float?
        /// What the detector says that it is; nil: the same.
        package var detectorClass: Prediction?
        /// What the detector gives the box.
        package var score: Float
        /// `[x0, y0, x1, y1]`, in pixels of the input picture, as all places.
        package var box: [Int]
        /// Likewise of what the classifier was given; nil: there is none.
        package var crop: [Int]?
        /// `[x, y]` of its map's strongest point; nil: there is no map.
        package var peak: [Int]?
        /// Share of its map's heat inside the box, 0...1.
        package var energyInBox: Double?
    }

    package struct Taught: Sendable, Equatable {
        /// The set of examples.
        package var set: String
        /// Which of the heads that were fitted to it.
        package var head: Int

        package init(set: String, head: Int) { (self.set, self.head) = (set, head) }
    }

    package init(
        frame: Int, time: Double, method: String, classID: Int?, label: String?, top: [Prediction],
        peak: [Int]? = nil,
        box: [Int]? = nil, hot: Double? = nil, scales: MapScales? = nil, labelSwitches: Int? = nil
    ) {
        self.frame = frame
        self.time = time
        self.method = method
        self.classID = classID
        self.label = label
        self.top = top
        self.peak = peak
        self.box = box
        self.hot = hot
        self.scales = scales
        self.labelSwitches = labelSwitches
    }

    /// The record as one line of JSON, its keys always in this order.
    func append(to line: inout JSONLine) {
        line.object { line in
            line.key("frame") { $0.number(frame) }
            line.key("time") { $0.number(time) }
            line.key("method") { $0.string(method) }
            line.key("class") { line in
                guard let classID, let label else { return line.null() }
                line.oneClass(classID, label)
            }
            line.key("top") { line in
                line.array(top) { line, prediction in
                    line.object { line in
                        line.key("id") { $0.number(prediction.classID) }
                        line.key("label") { $0.string(prediction.label) }
                        line.key("probability") { $0.number(prediction.probability) }
                        if let box = boxes[prediction.classID] { line.key("box") { $0.numbers(box) } }
                    }
                }
            }
            line.key("peak") { $0.numbers(peak) }
            line.key("box") { $0.numbers(box) }
            line.key("hot") { $0.number(hot ?? .nan) }
            line.key("scale") { $0.scales(scales) }
            if let labelSwitches { line.key("label_switches") { $0.number(labelSwitches) } }
            if let objectBox { line.key("object_box") { $0.numbers(objectBox) } }
            if let versus { line.key("versus") { $0.oneClass(versus.classID, versus.label) } }
            if let target { line.key("target") { $0.target(target, score: score) } }
            if let anomaly { line.key("anomaly") { $0.number(anomaly) } }
            if let detections { line.key("detections") { line in line.array(detections) { $0.detection($1) } } }
            if !events.isEmpty { line.key("events") { line in line.array(events) { $0.event($1) } } }
            // Only where it is not the frame's own.
            if let mapAge { line.key("map_age") { $0.number(mapAge) } }
            if let taught { line.key("taught") { $0.taught(taught) } }
        }
    }
}

extension JSONLine {
    fileprivate mutating func oneClass(_ classID: Int, _ label: String) {
        object { line in
            line.key("id") { $0.number(classID) }
            line.key("label") { $0.string(label) }
        }
    }

    fileprivate mutating func detection(_ thing: FrameRecord.Detection) {
        object { line in
            if let id = thing.id { line.key("id") { $0.number(id) } }
            line.key("class") { $0.oneClass(thing.classID, thing.label) }
            if let probability = thing.probability { line.key("probability") { $0.number(probability) } }
            if let found = thing.detectorClass {
                line.key("detector_class") { $0.oneClass(found.classID, found.label) }
            }
            line.key("score") { $0.number(thing.score) }
            line.key("box") { $0.numbers(thing.box) }
            if let crop = thing.crop { line.key("crop") { $0.numbers(crop) } }
            line.key("peak") { $0.numbers(thing.peak) }
            line.key("energy_in_box") { $0.number(thing.energyInBox ?? .nan) }
        }
    }

    fileprivate mutating func event(_ event: ObjectEvent) {
        object { line in
            line.key("event") { $0.string(event.kind) }
            line.key("id") { $0.number(event.track) }
            line.key("label") { $0.string(event.label) }
        }
    }

    fileprivate mutating func taught(_ taught: FrameRecord.Taught) {
        object { line in
            line.key("set") { $0.string(taught.set) }
            line.key("head") { $0.number(taught.head) }
        }
    }

    fileprivate mutating func target(_ target: ExplanationTarget, score: Float?) {
        object { line in
            line.key("elements") { line in line.array(target.terms) { $0.number($1.element) } }
            line.key("weights") { line in line.array(target.terms) { $0.number($1.weight) } }
            line.key("score") { $0.number(score ?? .nan) }
        }
    }

    fileprivate mutating func scales(_ scales: MapScales?) {
        guard let scales else { return null() }
        object { line in
            for (key, scale) in [("frame", scales.frame), ("shown", scales.shown)] {
                line.key(key) { line in line.array([scale.low, scale.high]) { $0.number($1) } }
            }
        }
    }
}
