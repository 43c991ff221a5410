import Detect
import Events
import Infer
import Logging
import Pipeline
import Serve
import Tracking

/// The stage that explains the live pictures: takes one after the other, each with its own session, and posts its maps.
struct LiveInference {
    let sessions: SessionSwitch
    let settings: LiveSettings
    let hub: LiveHub
    let latest: LatestMaps
    let log: Logger
    private let teacher: (any LiveTeacher)?
    /// Number of a head that cannot answer, which is told once.
    private var refused: Int?
    private var generation: Int
    /// Of the session that has explained a picture.
    private var working: Int?
    private var leftOut = LeftOutPictures()
    /// Of the session that goes on.
    private var number: Int?
    /// How often its class has changed by itself, and that of those before it.
    private var (switches, switchesBefore) = (0, 0)

    init(_ sessions: SessionSwitch, _ settings: LiveSettings, _ hub: LiveHub, _ latest: LatestMaps, _ log: Logger) {
        teacher = sessions.teacher
        (self.sessions, self.settings, self.hub, self.latest, self.log) = (sessions, settings, hub, latest, log)
        generation = latest.generation
    }

    /// - Returns: false if no more pictures are to be explained.
    mutating func take(_ arrived: consuming Arrived) throws -> Bool {
        let (facts, explainer) = (arrived.session.facts, arrived.session.explainer)
        if facts.number != number {
            (number, switches, switchesBefore) = (facts.number, 0, switchesBefore + switches)
        }
        if latest.generation != generation {
            generation = latest.generation
            explainer.forget()
        }
        let head = teach(arrived.session)
        var maps = settings.maps(of: facts)
        // Numbers are of the session's classes, which another head than theirs may not have.
        if explainer.names != facts.names { maps.explainedClass = nil }
        if maps != explainer.settings { explainer.settings = maps }
        let detect = settings.detect
        if detect != explainer.detect { explainer.detect = detect }
        let (start, arrival, input) = (ContinuousClock.now, arrived.at, arrived.input)
        let inferences = explainer.inferences
        let next: Explained?
        do throws(InferError) {
            try explainer.submit(arrived.frame, input)
            next = try explainer.next()
        } catch {
            // Of a session that has been replaced: the next one's frames follow.
            if case .cancelled = error { return !sessions.isClosed }
            // A session that works goes on with the next picture; the maps from before stay on this one.
            if error.isOfOnePicture, working == facts.number {
                if let text = leftOut.note(error, at: start) { log.warning("\(text)") }
                return true
            }
            guard sessions.giveUp(facts, error) else { throw error }
            return true
        }
        working = facts.number
        hub.metrics.inferences.add(explainer.inferences - inferences)
        guard let explained = next else { return true }
        if let teacher, teacher.wantsPicture, let picture = explainer.pictureForTeacher { teacher.take(picture) }
        for warning in explainer.takeWarnings() { log.warning("\(warning)") }
        hub.metrics.infer.observe((.now - start) / .seconds(1))
        let known = explained.labelSwitches ?? switches
        hub.metrics.labelSwitches.add(known - switches)
        switches = known
        let entry = LatestMaps.Entry(
            frame: explained.frame.index, session: facts, seconds: explained.frame.seconds, top: explained.top,
            observations: explained.observations, mark: input?.mark, printed: explained.printed,
            isRecognised: explained.isRecognised, taughtHead: head,
            labelSwitches: explained.labelSwitches.map { $0 + switchesBefore }, reading: explained.reading,
            heat: explained.heat, events: explained.events,
            join: explained.reading == .objects ? explainer.detect.heat.join : nil, heldFor: explained.mapAge)
        latest.post(entry, arrival: arrival, generation: generation)
        // Here, where each comes once, whatever number of pictures it is drawn on.
        for event in entry.events { hub.events.publish(.object(event)) }
        hub.teller.note(Sighting(entry, of: explained.frame))
        return true
    }

    /// Has the newest head of a session's classes answer.
    ///
    /// - Returns: its number; nil: the model's own does.
    private mutating func teach(_ session: LiveSession) -> Int? {
        guard let teacher else { return nil }
        let head = session.head(newest: teacher.head)
        do throws(InferError) {
            try session.explainer.teach(head)
            return head?.number
        } catch {
            if refused != head?.number { log.error("\(error)") }
            refused = head?.number
            return session.explainer.taught?.number
        }
    }
}
