import Pipeline

/// Tells which boxes of a picture are objects of the pictures before.
///
/// ByteTrack (Zhang et al. 2022, arXiv:2110.06864): boxes with a high score are given to the objects that are known, by how much
/// they overlap with where each should be by now; what is left of the objects may then go with boxes of a low score, which an
/// object half hidden has; only a box with a high score begins an object. An object and its boxes are of one class. Pairs are chosen
/// greedily, the largest overlap first. All times are in seconds, so the picture's rate does not matter.
package struct BoxTracker: Sendable {
    /// From this score on a box is high.
    package var minScore: Float
    /// How long an object that is not seen keeps its number, in seconds.
    package var patience: Double

    private var tracks: [BoxTrack] = []
    private var lastID = 0
    private var time: Double?

    /// Overlap from which a box may be an object's, where its score is high, and where it is low.
    private static let highOverlap = 0.2
    private static let lowOverlap = 0.5

    package init(minScore: Float = 0.25, patience: Double = 1) {
        self.minScore = minScore
        self.patience = patience
    }

    /// What detectors are to be asked for so that objects which are half hidden go on; ByteTrack's 0.1 for 0.25.
    package static func lowScore(for minScore: Float) -> Float { 0.4 * minScore }

    /// Ends all objects: another scene follows.
    ///
    /// - Returns: their ends.
    package mutating func forget() -> [TrackEvent] {
        time = nil
        defer { tracks = [] }
        return tracks.map { TrackEvent(.ended, $0) }
    }

    /// - Parameters:
    ///   - detections: those with a low score, too.
    ///   - seconds: the picture's time; where it is before the last one's, nothing of what was holds.
    package mutating func update(_ detections: [Detection], at seconds: Double) -> TrackUpdate {
        var update = TrackUpdate()
        if let time, seconds < time { update.events = forget() }
        let elapsed = time.map { seconds - $0 } ?? 0
        time = seconds
        for index in tracks.indices { tracks[index].predict(after: elapsed) }

        let high = detections.indices.filter { detections[$0].score >= minScore }
        let low = detections.indices.filter { detections[$0].score < minScore }
        var owner: [Int: Int] = [:]
        pair(tracks.indices.map { $0 }, high, of: detections, from: Self.highOverlap, &owner)
        let seen = Set(owner.values)
        // What was not seen in the picture before does not come back by a box that nobody would trust.
        let open = tracks.indices.filter { !seen.contains($0) && !tracks[$0].isLost }
        pair(open, low, of: detections, from: Self.lowOverlap, &owner)

        for index in detections.indices {
            if let track = owner[index] {
                if tracks[track].isLost { update.events.append(TrackEvent(.found, tracks[track])) }
                tracks[track].correct(detections[index], at: seconds)
                update.boxes.append(TrackedBox(detections[index], tracks[track], isNew: false))
            } else if detections[index].score >= minScore {
                lastID += 1
                tracks.append(BoxTrack(id: lastID, detections[index], at: seconds))
                update.boxes.append(TrackedBox(detections[index], tracks[tracks.count - 1], isNew: true))
                update.events.append(TrackEvent(.began, tracks[tracks.count - 1]))
            }
        }
        miss(at: seconds, &update)
        return update
    }

    /// What becomes of the objects that the picture does not have.
    private mutating func miss(at seconds: Double, _ update: inout TrackUpdate) {
        for index in tracks.indices where tracks[index].lastSeen < seconds && !tracks[index].isLost {
            tracks[index].lose()
            update.events.append(TrackEvent(.lost, tracks[index]))
        }
        let given = tracks.filter { $0.isLost && seconds - $0.lastSeen > patience }
        update.events += given.map { TrackEvent(.ended, $0) }
        tracks.removeAll { $0.isLost && seconds - $0.lastSeen > patience }
    }

    /// Gives boxes to objects.
    ///
    /// - Parameter owner: the object of each box that has one.
    private func pair(
        _ open: [Int], _ boxes: [Int], of detections: [Detection], from least: Double, _ owner: inout [Int: Int]
    ) {
        var pairs: [(overlap: Double, track: Int, box: Int)] = []
        for track in open {
            let region = tracks[track].region
            for box in boxes where detections[box].classID == tracks[track].classID {
                let overlap = region.overlap(with: detections[box].box)
                if overlap >= least { pairs.append((overlap, track, box)) }
            }
        }
        // Of equal overlaps the older object's comes first.
        pairs.sort { ($1.overlap, $0.track, $0.box) < ($0.overlap, $1.track, $1.box) }
        var taken: Set<Int> = []
        for pair in pairs where owner[pair.box] == nil && taken.insert(pair.track).inserted {
            owner[pair.box] = pair.track
        }
    }
}

/// An object over time.
struct BoxTrack: Sendable {
    let id: Int
    let classID: Int
    private(set) var lastSeen: Double
    /// Whether the last picture did not have it.
    private(set) var isLost = false
    private var box: MovingBox

    init(id: Int, _ detection: Detection, at seconds: Double) {
        (self.id, classID, lastSeen) = (id, detection.classID, seconds)
        box = MovingBox(detection.box)
    }

    /// Where it should be.
    var region: Region { box.region }

    mutating func predict(after elapsed: Double) { box.predict(after: elapsed) }

    mutating func correct(_ detection: Detection, at seconds: Double) {
        box.correct(detection.box)
        (lastSeen, isLost) = (seconds, false)
    }

    mutating func lose() {
        box.keepSize()
        isLost = true
    }
}
