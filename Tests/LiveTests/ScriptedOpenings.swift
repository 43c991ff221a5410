import Dispatch
import Infer
import Synchronization

@testable import Live

/// Opens sessions as the test lets it: each opening blocks until it is allowed, then gives the next session, or fails.
final class ScriptedOpenings: Sendable {
    struct Broken: Error, CustomStringConvertible {
        let description = "the model is broken"
    }

    private let allowed = DispatchSemaphore(value: 0)
    private let begun = DispatchSemaphore(value: 0)
    /// nil: it fails.
    private let next = Mutex<[ScriptedExplainer?]>([])
    private let asked = Mutex<[SessionChoice]>([])

    /// What was asked for, in order.
    var choices: [SessionChoice] { asked.withLock { $0 } }

    /// What the next opening that nothing was given for gives; nil: it fails.
    func give(_ explainer: ScriptedExplainer?) { next.withLock { $0.append(explainer) } }

    /// Lets so many openings end.
    func allow(_ count: Int) { for _ in 0..<count { allowed.signal() } }

    /// Blocks until another opening has begun.
    func waitForOne() { begun.wait() }

    func open(_ choice: SessionChoice) throws -> LiveSession {
        asked.withLock { $0.append(choice) }
        begun.signal()
        allowed.wait()
        guard let explainer = next.withLock({ $0.isEmpty ? ScriptedExplainer() : $0.removeFirst() }) else {
            throw Broken()
        }
        return LiveSession(explainer, choice)
    }
}
