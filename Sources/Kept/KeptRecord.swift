import Foundation
package import Pipeline

/// What was seen in one frame of a kept recording: one line of JSON in its track of records, at the frame's own time.
package struct KeptRecord: Codable, Sendable, Equatable {
    /// A class and how probable it is: `[id, probability, probability to be read]` in JSON.
    package struct Seen: Codable, Sendable, Equatable {
        package var id: Int
        package var p: Float
        /// To be read, smoothed over time; nil: as it is.
        package var printed: Float?

        package init(id: Int, p: Float, printed: Float? = nil) { (self.id, self.p, self.printed) = (id, p, printed) }

        package init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            (id, p) = (try list.decode(Int.self), try list.decode(Float.self))
            printed = try list.decodeIfPresent(Float.self)
        }

        /// Five decimals: pictures show three.
        package func encode(to encoder: any Encoder) throws {
            var list = encoder.unkeyedContainer()
            try list.encode(id)
            for number in [p, printed].compactMap(\.self) {
                try list.encode((Double(number) * 100_000).rounded() / 100_000)
            }
        }
    }

    package var frame: Int
    /// The most probable classes, best first.
    package var top: [Seen]
    /// What each heat track is about, in their order; fewer where fewer maps were drawn.
    package var heat: [Seen]
    /// What the class of the first track is told apart from; nil: nothing.
    package var versus: Seen?
    /// False where the drawn class is no more than a guess; nil: true.
    package var recognised: Bool?
    /// Seconds by which the maps are older than the frame; nil: 0.
    package var age: Double?
    /// Whether they hold all the same, as nothing has changed since; nil: they do not.
    package var held: Bool?
    /// Whether another scene begins here, or a gap ends; nil: no.
    package var cut: Bool?
    /// How often the drawn class has changed so far; nil: it was chosen.
    package var switches: Int?
    /// Share of the picture above half of the strongest heat, 0...1; nil: there is no map.
    package var hot: Double?
    /// Around the hot region of each map, in pixels of the upright picture: `[left, top, right, bottom]`, the last two beyond it;
    /// empty where there is no heat; nil: nobody measured. An edge on a gentle slope is not the same in heat of 8 bits.
    package var boxes: [[Int]]?
    /// The things that a detector found, best first; nil: the model looks for none.
    package var objects: [KeptObject]?
    /// Names of classes that no record before has named.
    package var labels: [String: String]?

    /// How many heat tracks say something here: that of a detector is about all of its boxes, and what has been, too.
    package var heatCount: Int { objects == nil ? heat.count : 1 }

    /// - Parameter named: the classes that were named before; those that are named now are added.
    package init(_ explained: borrowing Explained, naming named: inout Set<Int>) {
        let printed = explained.printed
        func seen(_ prediction: Prediction) -> Seen {
            Seen(id: prediction.classID, p: prediction.probability, printed: printed[prediction.classID])
        }
        frame = explained.frame.index
        top = explained.top.map(seen)
        let first = explained.observations.first
        let isOfObjects = explained.reading == .objects
        heat = (isOfObjects ? [] : explained.observations).map { seen($0.prediction) }
        objects = isOfObjects ? explained.observations.compactMap(KeptObject.init) : nil
        versus = first?.versus.map(seen)
        recognised = explained.isRecognised ? nil : false
        age = explained.mapAge > 0 ? explained.mapAge : nil
        held = explained.isHeld ? true : nil
        cut = explained.beginsAnew ? true : nil
        switches = explained.labelSwitches
        let (width, height) = (explained.frame.width, explained.frame.height)
        hot = ((explained.heat ?? first?.heatmap)?.hotShare(pictureWidth: width, pictureHeight: height)).map {
            ($0 * 10_000).rounded() / 10_000
        }
        boxes =
            isOfObjects
            ? nil
            : explained.observations.map { observation in
                observation.heatmap.hotBox(pictureWidth: width, pictureHeight: height)
                    .map { [$0.x0, $0.y0, $0.x1, $0.y1] } ?? []
            }
        let all = explained.top + explained.observations.flatMap { [$0.prediction] + [$0.versus].compactMap { $0 } }
        var new: [String: String] = [:]
        for prediction in all where named.insert(prediction.classID).inserted {
            new["\(prediction.classID)"] = prediction.label
        }
        labels = new.isEmpty ? nil : new
    }

    /// One line, without its end.
    package var line: String { (try? JSONText.compact.text(self)) ?? "" }

    /// - Returns: nil if it is no record.
    package init?(line: String) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard var record = try? decoder.decode(KeptRecord.self, from: Data(line.utf8)) else { return nil }
        record.objects = record.objects.map { Array($0.prefix(KeptObject.most)) }
        self = record
    }

    /// nil: there is none that can be.
    private func hotBox(_ number: Int, width: Int, height: Int) -> PixelBox? {
        guard let boxes, boxes.indices.contains(number), boxes[number].count == 4 else { return nil }
        let box = PixelBox(x0: boxes[number][0], y0: boxes[number][1], x1: boxes[number][2], y1: boxes[number][3])
        let isInside =
            0 <= box.x0 && box.x0 < box.x1 && box.x1 <= width && 0 <= box.y0 && box.y0 < box.y1 && box.y1 <= height
        return isInside ? box : nil
    }

    /// What was explained, of a picture that was decoded again. Numbers that cannot be are brought into range.
    ///
    /// - Parameters:
    ///   - names: of all classes that records have named so far.
    ///   - maps: a map a heat track; nil: the track has none here, and nothing is drawn of it and of those behind it.
    ///   - methods: what made them.
    ///   - reading: what the numbers are, as the file says it; `level`, likewise.
    package func explained(
        _ frame: consuming Frame, names: [Int: String], maps: [Heatmap?], methods: [MapMethod],
        reading: ScoreReading? = nil, level: Float? = nil
    ) -> Explained {
        func prediction(_ seen: Seen) -> Prediction {
            Prediction(
                classID: seen.id, label: names[seen.id] ?? "class \(seen.id)", probability: min(max(seen.p, 0), 1))
        }
        var observations = (objects ?? []).compactMap { object in
            object.observation(width: frame.width, height: frame.height) { prediction(Seen(id: $0, p: $1)) }
        }
        // A class is not told apart from itself.
        func other(_ seen: Seen) -> Prediction? { versus.flatMap { $0.id == seen.id ? nil : prediction($0) } }
        for (number, (map, method)) in zip(maps, methods).prefix(objects == nil ? heat.count : 0).enumerated() {
            guard var map else { break }
            map.level = level
            let seen = heat[number]
            observations.append(
                Observation(
                    prediction: prediction(seen), heatmap: map, method: method, versus: other(seen),
                    hotBox: hotBox(number, width: frame.width, height: frame.height)))
        }
        let printed = (top + heat + [versus].compactMap { $0 }).compactMap { seen in seen.printed.map { (seen.id, $0) }
        }
        return Explained(
            frame: frame, top: top.map(prediction), observations: observations, mapAge: min(max(age ?? 0, 0), 86_400),
            isHeld: held ?? false,
            printed: Dictionary(printed) { first, _ in first }, isRecognised: recognised ?? true,
            labelSwitches: switches, beginsAnew: cut ?? false,
            reading: objects == nil ? reading ?? .probability : .objects, heat: objects == nil ? nil : maps.first ?? nil
        )
    }
}
