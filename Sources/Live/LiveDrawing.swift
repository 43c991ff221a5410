import Infer
import Pipeline
import Serve
import Tracking

/// The stage that draws the live pictures, each with the maps that there are for it, and hands them out. Where nobody looks
/// and nothing is recorded, pictures go by undrawn.
struct LiveDrawing {
    let overlay: LiveOverlay
    let outlets: LiveOutlets
    let latest: LatestMaps
    /// Of the trail of one session, and that session's number.
    private var (follower, number): (MapFollower?, Int?) = (nil, nil)

    init(_ overlay: LiveOverlay, _ outlets: LiveOutlets, _ latest: LatestMaps) {
        (self.overlay, self.outlets, self.latest) = (overlay, outlets, latest)
    }

    mutating func take(_ item: consuming LiveItem) throws {
        switch consume item {
        case .picture(let arrived): try draw(arrived)
        case .slate(let lines): try outlets.deliverSlate(try overlay.drawSlate(lines), overlay.format)
        }
    }

    private mutating func draw(_ arrived: consuming Arrived) throws {
        let session = arrived.session.facts
        if session.number != number {
            (follower, number) = (arrived.session.tracker?.makeFollower(), session.number)
        }
        let entry = latest.entry(
            forFrame: arrived.frame.index, session, arrival: arrived.isExplained ? arrived.at : nil)
        let (isDrawn, wantMaps) = (outlets.wantPictures, outlets.wantMaps)
        var observations = entry?.observations ?? []
        // Marks of another session are of another trail.
        if wantMaps, entry?.session.number == number, let first = entry?.mark, let last = arrived.mark,
            follower != nil
        {
            observations = follower!.follow(observations, from: first, to: last)
        }
        let explained = Explained(arrived.frame, entry, observations)
        let (mapAge, start) = (explained.mapAge, ContinuousClock.now)
        outlets.describe(explained, entry?.method ?? session.methods[0].name)
        guard isDrawn else {
            try overlay.pass(explained.frame, session)
            return outlets.pass(explained.frame, overlay.format, entry, mapAge: mapAge)
        }
        let painted = try overlay.paint(explained, session)
        outlets.hub.metrics.overlay.observe((.now - start) / .seconds(1))
        try outlets.deliver(painted, overlay.format, entry, mapAge: mapAge)
    }
}

extension Explained {
    /// A frame with the maps that there are: its own, those of an earlier frame, or none.
    fileprivate init(_ frame: consuming Frame, _ entry: LatestMaps.Entry?, _ observations: [Observation]) {
        let age = entry.map { $0.frame == frame.index ? 0 : max(frame.seconds - $0.seconds, 0) } ?? 0
        self.init(
            frame: frame, top: entry?.top ?? [], observations: observations, mapAge: age,
            printed: entry?.printed ?? [:],
            isRecognised: entry?.isRecognised ?? true, labelSwitches: entry?.labelSwitches)
    }
}
