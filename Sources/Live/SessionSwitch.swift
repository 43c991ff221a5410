import Infer
import Logging
import Pipeline
import Serve
import Synchronization

/// Which session holds. Another one is opened in the background while pictures go on with this one, and takes its place
/// between two frames; the newest wish wins, and a failure leaves what is there.
///
/// | the settings ask for | nothing is opened | a session is being opened |
/// | --- | --- | --- |
/// | another choice | it is opened | it is opened after that one, which is let go |
/// | what holds | nothing happens | the one that is opened is let go |
///
/// | the session that is opened | |
/// | --- | --- |
/// | is still asked for | holds from the next frame on |
/// | cannot be opened | the settings go back to what holds, and say why |
/// | is ready after the end | is let go |
final class SessionSwitch: Sendable {
    /// Blocks until a session is there. Called on the switch's thread.
    typealias Open = @Sendable (SessionChoice) throws -> LiveSession

    private struct State {
        var current: LiveSession
        var isClosed = false
        /// What could not be opened last, since this session holds.
        var refused: SessionChoice?
    }

    private let state: Mutex<State>
    /// Of the model's classes; nil: nobody teaches.
    let teacher: (any LiveTeacher)?
    private let settings: LiveSettings
    private let thread: StageThread
    private let hub: LiveHub
    private let log: Logger
    private let open: Open
    /// Makes what `camstream layers` lists for a choice's model.
    private let listLayers: @Sendable (SessionChoice) -> [String]

    /// - Parameters:
    ///   - first: is what the settings ask for just now.
    ///   - thread: opens sessions, one after the other.
    init(
        _ first: LiveSession, _ settings: LiveSettings, _ hub: LiveHub, _ thread: StageThread, _ log: Logger,
        teacher: (any LiveTeacher)? = nil, listLayers: @escaping @Sendable (SessionChoice) -> [String] = { _ in [] },
        open: @escaping Open
    ) {
        state = Mutex(State(current: first))
        self.teacher = teacher
        (self.settings, self.hub, self.thread, self.log) = (settings, hub, thread, log)
        (self.open, self.listLayers) = (open, listLayers)
    }

    /// Of the next frame.
    var current: LiveSession { state.withLock { $0.current } }

    /// The session for a frame that comes now: where other classes are taught by now, one with those holds from here on.
    func sessionForFrame() -> LiveSession {
        guard let teacher else { return current }
        let head = teacher.head
        let (session, isNew) = state.withLock { state in
            let session = state.current.taught(head)
            guard session !== state.current else { return (session, false) }
            settings.take(session.facts)
            state.current = session
            return (session, true)
        }
        if isNew { thread.run { [weak self] in self?.tell(session) } }
        return session
    }

    /// Tells viewers that other classes hold.
    private func tell(_ session: LiveSession) {
        hub.status.setModel(session.facts.model)
        hub.tellState()
        tellSettings()
        let words = session.head.map { "what is taught: \($0.labels.joined(separator: ", "))" } ?? "the model's own"
        log.info("classes are \(words)")
        log.warnOfMissingGlyphs(session.head?.labels ?? [], settings.values.overlay)
    }

    private func tellSettings() {
        hub.events.publish(.settings(settings.list.map { .init(key: $0.key, value: $0.value) }))
    }

    /// Listens to the settings from now on.
    func start() {
        settings.onWish { [weak self] in self?.follow() }
        thread.run { [weak self] in
            self?.noteLayers()
            // What was wished before anybody listened.
            self?.openWished()
        }
    }

    /// No frame comes any more. Maps that are in the making are given up; a session that is being opened is let go.
    func close() {
        settings.onWish(nil)
        let last = state.withLock { state in
            state.isClosed = true
            return state.current
        }
        last.explainer.cancel()
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// A session that viewers chose, and that fails while it runs, gives way to what the settings' file says.
    ///
    /// - Returns: false if it is what the file says, or if that cannot be opened either: the two would take turns for ever.
    func giveUp(_ session: LiveSession.Facts, _ error: InferError) -> Bool {
        switch settings.giveUp(session.choice, "\(error)") {
        case .isFiles: return false
        case .isGoing: return true
        case .goes:
            guard settings.choice != state.withLock({ $0.refused }) else { return false }
            log.error("\(error)")
            follow()
            return true
        }
    }

    /// The settings may ask for something else.
    private func follow() { thread.run { [weak self] in self?.openWished() } }

    /// Opens what is asked for, until that is what holds.
    private func openWished() {
        while !isClosed {
            let wanted = settings.choice
            let current = current
            guard wanted != current.facts.choice else { return }
            let start = ContinuousClock.now
            hub.tellState()
            do {
                let session = try open(wanted)
                guard hold(session, since: start) else { continue }
                noteLayers()
            } catch {
                guard !isClosed, settings.refuse(wanted, "\(error)") else { continue }
                state.withLock { $0.refused = wanted }
                log.warning("the switch failed: \(error)")
                log.notice("pictures go on with \(Self.words(current))")
            }
            hub.tellState()
            if settings.choice == wanted || settings.choice == self.current.facts.choice {
                tellSettings()
            }
        }
    }

    /// Lets a session hold from the next frame on.
    ///
    /// - Returns: false if something else is asked for by now.
    private func hold(_ opened: LiveSession, since start: ContinuousClock.Instant) -> Bool {
        let session = opened.taught(teacher?.head)
        // Under the lock, so that classes which are taught meanwhile are this session's.
        let replaced = state.withLock { state -> LiveSession? in
            guard !state.isClosed, settings.follow(session.facts) else { return nil }
            defer { (state.current, state.refused) = (session, nil) }
            return state.current
        }
        guard let old = replaced else { return false }
        // A map that takes seconds would hold up those of the new one.
        old.explainer.cancel()
        hub.status.setModel(session.facts.model)
        let milliseconds = Int(((ContinuousClock.now - start) / .milliseconds(1)).rounded())
        log.notice("pictures go on with \(Self.words(session))")
        log.debug("the switch took \(milliseconds) ms")
        return true
    }

    private func noteLayers() {
        let choice = current.facts.choice
        if settings.setLayers(listLayers(choice), of: choice) { hub.tellState() }
    }

    private static func words(_ session: LiveSession) -> String {
        let facts = session.facts
        let methods = facts.methods.map(\.title).joined(separator: " and ")
        let layers = facts.layers.isEmpty ? "" : " of \(facts.layers.joined(separator: ", "))"
        return "\(methods)\(layers), model \(facts.model)"
    }
}

extension LiveHub {
    /// Has clients ask for all again.
    func tellState() { events.publish(.state(program.snapshot)) }
}
