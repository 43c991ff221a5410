import Detect
import Encode
import Infer
import Pipeline
import Serve
import Tracking

/// The stage that draws the live pictures, each with the maps that there are for it, and hands them out. Where nobody looks
/// and nothing is recorded, pictures go by undrawn.
struct LiveDrawing {
    let overlay: LiveOverlay
    let delivery: LiveDelivery
    let latest: LatestMaps
    /// Of the trail of one session, and that session's number.
    private var (follower, number): (MapFollower?, Int?) = (nil, nil)

    init(_ overlay: LiveOverlay, _ delivery: LiveDelivery, _ latest: LatestMaps) {
        (self.overlay, self.delivery, self.latest) = (overlay, delivery, latest)
    }

    mutating func take(_ item: consuming LiveItem) throws {
        switch consume item {
        case .picture(let arrived): try draw(arrived)
        case .slate(let lines): try delivery.deliverSlate(try overlay.drawSlate(lines), overlay.format)
        }
    }

    private mutating func draw(_ arrived: consuming Arrived) throws {
        let session = arrived.session.facts
        if session.number != number {
            (follower, number) = (arrived.session.tracker?.makeFollower(), session.number)
        }
        let entry = latest.entry(
            forFrame: arrived.frame.index, session, arrival: arrived.isExplained ? arrived.at : nil)
        let wish = delivery.wish
        var observations = entry?.observations ?? []
        // Marks of another session are of another trail.
        if !wish.isEmpty, entry?.session.number == number, let first = entry?.mark, let last = arrived.mark,
            follower != nil
        {
            observations = follower!.follow(observations, from: first, to: last)
        }
        let heat = entry?.heat.map { own in
            // That of things goes with them; where they have been does not.
            guard let join = entry?.join, entry?.frame != arrived.frame.index else { return own }
            return BoxHeat.join(
                observations, join, pictureWidth: arrived.frame.width, pictureHeight: arrived.frame.height)
        }
        let explained = Explained(arrived.frame, entry, observations, heat)
        let method = entry?.method ?? session.methods[0].name
        var record = wish.contains(.record) ? FrameRecord(explained, method: method) : nil
        record?.taught = entry.flatMap(FrameRecord.Taught.init)
        let sight = LiveDelivery.Sight(
            entry: entry, observations: observations, mapAge: explained.mapAge,
            record: record)
        guard wish.contains(.drawing) else {
            try overlay.pass(explained.frame, session)
            return try delivery.deliver(explained.frame, wish, overlay.format, sight)
        }
        let start = ContinuousClock.now
        let painted = try overlay.paint(explained, session)
        delivery.hub.metrics.overlay.observe((.now - start) / .seconds(1))
        try delivery.deliver(painted, wish, overlay.format, sight)
    }
}

extension FrameRecord.Taught {
    fileprivate init?(_ entry: LatestMaps.Entry) {
        guard let set = entry.session.choice.infer.teach, let head = entry.taughtHead else { return nil }
        self.init(set: set, head: head)
    }
}

extension Explained {
    /// A frame with the maps that there are: its own, those of an earlier frame, or none.
    fileprivate init(
        _ frame: consuming Frame, _ entry: LatestMaps.Entry?, _ observations: [Observation], _ heat: Heatmap?
    ) {
        let (isOwn, heldFor) = (entry?.frame == frame.index, entry?.heldFor ?? 0)
        let age = heldFor + (entry.map { isOwn ? 0 : max(frame.seconds - $0.seconds, 0) } ?? 0)
        self.init(
            frame: frame, top: entry?.top ?? [], observations: observations, mapAge: age, isHeld: isOwn && heldFor > 0,
            printed: entry?.printed ?? [:],
            isRecognised: entry?.isRecognised ?? true, labelSwitches: entry?.labelSwitches,
            reading: entry?.reading ?? .probability, heat: heat, events: isOwn ? entry?.events ?? [] : [])
    }
}
