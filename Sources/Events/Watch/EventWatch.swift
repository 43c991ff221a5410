package import Pipeline
import Serve

/// Finds what happens before one camera in what is seen, picture by picture. Its only clock is the pictures' own times.
package struct EventWatch: Sendable {
    /// How long another class must be shown until it is told, in seconds.
    package static let settling = 0.5
    /// How long a picture counts for the time on screen where no next one comes, in seconds.
    package static let longestStep = 1.0

    private struct Stay {
        var thing: ClassScore?
        var label: String
        var since: Double
    }

    /// What is shown, and since when.
    private struct Shown {
        var score: ClassScore?
        var since: Double
    }

    private let camera: String
    private var session: Int?
    /// What was told last; nil: nothing was.
    private var told: Shown?
    /// What may be told next.
    private var candidate: Shown?
    private var isAnomalous: (value: Bool, since: Double)?
    private var stays: [Int: Stay] = [:]
    private var lostSince: Double?
    private var lastTime: Double?
    private var newest: Sighting?
    private var presences: [(label: String, presence: ClassPresence)]
    /// Seconds for which each of the chosen classes was seen.
    package private(set) var seconds: [String: Double]

    /// - Parameter config: which classes are chosen.
    package init(camera: String, _ config: EventsConfig = EventsConfig()) {
        self.camera = camera
        presences = config.classes.map { ($0, ClassPresence(above: config.above)) }
        seconds = Dictionary(config.classes.map { ($0, 0) }) { first, _ in first }
    }

    /// A picture was explained.
    package mutating func note(_ seen: Sighting) -> [CameraEvent] {
        var events: [CameraEvent] = []
        if let lostSince {
            // What was on its way when the signal was lost.
            guard seen.time > lostSince else { return [] }
            events += find(at: seen.time)
        }
        if let session, session != seen.session { events += endStays(at: seen.time) }
        session = seen.session
        newest = seen
        events += noteThings(seen)
        if !seen.isOfThings, seen.anomaly == nil { events += noteShown(seen.shown, at: seen.time) }
        if let anomaly = seen.anomaly { events += noteAnomaly(anomaly, at: seen.time) }
        events += noteClasses(seen)
        lastTime = seen.time
        return events
    }

    /// No picture comes any more.
    package mutating func lose(at time: Double) -> [CameraEvent] {
        guard lostSince == nil else { return [] }
        lostSince = time
        var events = endStays(at: time)
        for index in presences.indices {
            let change = presences[index].presence.end(at: time)
            events += event(change, of: presences[index].label, nil, at: time)
        }
        (told, candidate, isAnomalous, newest, lastTime) = (nil, nil, nil, nil, nil)
        return events + [CameraEvent(.signalLost, camera: camera, time: time)]
    }

    /// Pictures come again.
    package mutating func find(at time: Double) -> [CameraEvent] {
        guard let since = lostSince else { return [] }
        lostSince = nil
        return [CameraEvent(.signalFound, camera: camera, time: time, seconds: max(time - since, 0))]
    }

    /// How things are.
    package var standing: CameraStanding {
        var standing = CameraStanding(signal: lostSince == nil && newest != nil)
        standing.time = newest.map { CameraEvent.rounded($0.time) } ?? lostSince.map(CameraEvent.rounded)
        standing.classes = Dictionary(presences.map { ($0.label, $0.presence.isHere) }) { first, _ in first }
        guard let newest else { return standing }
        if newest.isOfThings { standing.things = newest.classes.count }
        standing.anomaly = newest.anomaly.map(CameraEvent.rounded)
        standing.shows(newest.shown ?? (newest.isOfThings ? newest.classes.first : nil), since: told?.since)
        return standing
    }

    private mutating func noteClasses(_ seen: Sighting) -> [CameraEvent] {
        var events: [CameraEvent] = []
        let step = lastTime.map { min(max(seen.time - $0, 0), Self.longestStep) } ?? 0
        for index in presences.indices {
            let label = presences[index].label
            if presences[index].presence.isHere { seconds[label, default: 0] += step }
            let change = presences[index].presence.note(seen.probability(of: label), at: seen.time)
            events += event(change, of: label, seen, at: seen.time)
        }
        return events
    }

    private func event(_ change: ClassPresence.Change?, of label: String, _ seen: Sighting?, at time: Double)
        -> [CameraEvent]
    {
        change.map { [CameraEvent($0, of: label, seen, camera: camera, at: time)] } ?? []
    }

    private mutating func noteShown(_ shown: ClassScore?, at time: Double) -> [CameraEvent] {
        guard let told else {
            // The first is told at once; that nothing is seen at first is no news.
            guard shown != nil else { return [] }
            return tell(Shown(score: shown, since: time), at: time)
        }
        guard shown?.label != told.score?.label else {
            candidate = nil
            return []
        }
        if candidate?.score?.label != shown?.label || candidate == nil { candidate = Shown(score: shown, since: time) }
        guard let since = candidate?.since, time - since >= Self.settling else { return [] }
        return tell(Shown(score: shown, since: since), at: time)
    }

    private mutating func tell(_ new: Shown, at time: Double) -> [CameraEvent] {
        let old = told
        (told, candidate) = (new, nil)
        return [
            CameraEvent(
                .classChanged, camera: camera, time: time, label: new.score?.label, classId: new.score?.id,
                probability: new.score?.probability, previous: old?.score?.label,
                seconds: old.map { max(new.since - $0.since, 0) })
        ]
    }

    /// As hysteresis, a picture is normal again a little below the threshold.
    private mutating func noteAnomaly(_ anomaly: Double, at time: Double) -> [CameraEvent] {
        let isNew = isAnomalous.map { $0.value ? anomaly >= 0.5 * 0.9 : anomaly >= 0.5 } ?? (anomaly >= 0.5)
        let old = isAnomalous
        guard old?.value != isNew else { return [] }
        isAnomalous = (isNew, time)
        // A camera that begins with what is normal has nothing to tell.
        if old == nil, !isNew { return [] }
        return [
            CameraEvent(
                isNew ? .anomalous : .normal, camera: camera, time: time, probability: anomaly,
                seconds: old.map { time - $0.since })
        ]
    }

    private mutating func noteThings(_ seen: Sighting) -> [CameraEvent] {
        for thing in seen.classes {
            if let track = thing.track, stays[track] != nil { stays[track]?.thing = thing }
        }
        return seen.things.compactMap { happening in
            switch happening.kind {
            case "began":
                let thing = seen.classes.first { $0.track == happening.track }
                stays[happening.track] = Stay(thing: thing, label: happening.label, since: seen.time)
                return CameraEvent(
                    .appeared, camera: camera, time: seen.time, label: happening.label, classId: thing?.id,
                    probability: thing?.probability, track: happening.track, box: thing?.box)
            case "named":
                stays[happening.track]?.label = happening.label
                return nil
            case "ended": return end(happening.track, at: seen.time)
            default: return nil
            }
        }
    }

    private mutating func endStays(at time: Double) -> [CameraEvent] {
        stays.keys.sorted().compactMap { end($0, at: time) }
    }

    private mutating func end(_ track: Int, at time: Double) -> CameraEvent? {
        guard let stay = stays.removeValue(forKey: track) else { return nil }
        return CameraEvent(
            .gone, camera: camera, time: time, label: stay.label, classId: stay.thing?.id,
            seconds: max(time - stay.since, 0), track: track, box: stay.thing?.box)
    }
}

extension CameraEvent {
    /// A class came or went.
    ///
    /// - Parameter seen: where it was seen; nil: nothing is seen any more.
    init(_ change: ClassPresence.Change, of label: String, _ seen: Sighting?, camera: String, at time: Double) {
        let surest = seen?.classes.filter { $0.label == label }.max { $0.probability < $1.probability }
        switch change {
        case .came:
            self.init(
                .seen, camera: camera, time: time, label: label, classId: surest?.id,
                probability: surest?.probability, track: surest?.track, box: surest?.box)
        case .went(let seconds):
            self.init(.unseen, camera: camera, time: time, label: label, classId: surest?.id, seconds: seconds)
        }
    }
}
