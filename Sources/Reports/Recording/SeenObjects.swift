import Pipeline

/// The objects that a detector found in a recording: how long those of each class were there, and how many there were. For one
/// thread.
struct SeenObjects {
    /// What there was of a class.
    struct Class {
        /// Place in the list of names.
        let label: Int32
        /// Seconds in which at least one was there.
        var shown = 0.0
        var first: Double
        /// From when to when there was one; shorter gaps than the time after which an object is gone are none.
        var stretches: [(from: Double, to: Double)] = []
        var mostAtOnce = 0
        /// Different ones; 0 where nobody follows objects.
        var objects = 0
        /// Of the surest one in each picture: the sum by time, and the highest.
        var weighted = 0.0
        var highest: Float = 0

        var last: Double { stretches.last?.to ?? first }
        var mean: Double { shown > 0 ? weighted / shown : Double(highest) }
    }

    /// One that was followed.
    struct Object {
        /// Its number over time.
        let number: Int
        let label: Int32
        let first: Double
        var last: Double
        var shown = 0.0
        var highest: Float = 0
    }

    /// What there is of a class in one picture.
    struct Group {
        let label: Int32
        var count = 0
        /// Of the surest.
        var score: Float = 0
    }

    /// Those of the last picture, the class with the surest one first.
    private(set) var groups: [Group] = []
    /// Seconds in which anything was there, and how much at most.
    private(set) var shown = 0.0
    private(set) var mostAtOnce = 0
    private var byLabel: [Int32: Class] = [:]
    private var byNumber: [Int: Object] = [:]

    /// Seconds.
    private static let shortestGap = 1.0

    /// Takes the next picture.
    ///
    /// - Parameter place: of a class in the list of names.
    mutating func add(
        _ things: [Observation], from time: Double, for duration: Double, _ place: (Prediction) -> Int32
    ) {
        groups = []
        for thing in things where thing.box != nil {
            let (label, score) = (place(thing.prediction), thing.prediction.probability)
            let group = groups.firstIndex { $0.label == label } ?? groups.count
            if group == groups.count { groups.append(Group(label: label)) }
            groups[group].count += 1
            groups[group].score = max(groups[group].score, score)
            guard let number = thing.track else { continue }
            let known = byNumber[number]
            if known == nil { byLabel[label, default: Class(label: label, first: time)].objects += 1 }
            var object = known ?? Object(number: number, label: label, first: time, last: time)
            object.shown += duration
            (object.last, object.highest) = (time + duration, max(object.highest, score))
            byNumber[number] = object
        }
        guard !groups.isEmpty else { return }
        shown += duration
        mostAtOnce = max(mostAtOnce, groups.reduce(0) { $0 + $1.count })
        for group in groups { add(group, from: time, for: duration) }
    }

    private mutating func add(_ group: Group, from time: Double, for duration: Double) {
        var seen = byLabel[group.label, default: Class(label: group.label, first: time)]
        seen.shown += duration
        seen.weighted += Double(group.score) * duration
        seen.highest = max(seen.highest, group.score)
        seen.mostAtOnce = max(seen.mostAtOnce, group.count)
        if let last = seen.stretches.last, time - last.to < Self.shortestGap {
            seen.stretches[seen.stretches.count - 1].to = time + duration
        } else {
            seen.stretches.append((time, time + duration))
        }
        byLabel[group.label] = seen
    }

    /// Those that were seen longest first.
    var classes: [Class] { byLabel.values.sorted { ($0.shown, $1.label) > ($1.shown, $0.label) } }

    /// In the order in which they came.
    var objects: [Object] { byNumber.values.sorted { ($0.first, $0.number) < ($1.first, $1.number) } }

    /// How many were followed.
    var count: Int { byNumber.count }
}
