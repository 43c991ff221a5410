import Dispatch
import Logging
import Pipeline
import Synchronization

/// Posts one hook's events in their order, on a thread of its own. A receiver that is away is tried again, less and less often; the
/// events behind wait, and beyond a bound the oldest is lost.
final class WebhookQueue: Sendable {
    static let queueLength = 64
    /// The times between the tries of one event, in seconds.
    static let pauses = [1.0, 2, 4, 8]

    private let waiting: WorkQueue<String>
    private let isOver: RaisedFlag
    private let over: DispatchSemaphore

    /// - Parameters:
    ///   - post: sends one, and may take its time.
    ///   - pause: waits so many seconds; false: it is over.
    init(
        _ counts: HookCounts, _ log: Logger, shownAddress: String, isOver: RaisedFlag,
        post: @escaping @Sendable (String) -> Webhook.Outcome,
        pause: (@Sendable (Double) -> Bool)? = nil
    ) throws(LackOfResources) {
        let over = DispatchSemaphore(value: 0)
        (self.isOver, self.over) = (isOver, over)
        let pause = pause ?? { over.wait(timeout: .now() + $0) == .timedOut }
        waiting = try WorkQueue("webhook", capacity: Self.queueLength) { body in
            var reason = ""
            for wait in [0] + Self.pauses {
                if isOver.isSet || wait > 0 && !pause(wait) { break }
                switch post(body) {
                case .taken: return counts.done(.post)
                case .passing(let text):
                    reason = text
                    continue
                case .refused(let text):
                    counts.fail(.post)
                    return log.warning("the webhook \(shownAddress) refuses an event: \(text)")
                }
            }
            counts.fail(.post)
            if !isOver.isSet { log.warning("the webhook \(shownAddress) did not take an event: \(reason)") }
        } onLoss: { _, _ in
            counts.lose(.post)
        }
    }

    var count: Int { waiting.count }

    func offer(_ body: String) { waiting.offer(body) }

    /// What is on its way may arrive until then; nothing is begun any more that was tried before.
    func finish(within limit: Duration) {
        waiting.close()
        if !waiting.drain(within: limit) {
            isOver.set()
            over.signal()
        }
    }
}
