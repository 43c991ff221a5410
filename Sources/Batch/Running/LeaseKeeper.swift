import Dispatch
import Synchronization

/// Says for all locks of this process that their owner lives, from a thread of its own, whatever the others do.
package final class LeaseKeeper: Sendable {
    private let locks = Mutex<[ObjectIdentifier: JobLock]>([:])
    private nonisolated(unsafe) let timer: any DispatchSourceTimer  // safe: touched at the start and the end alone
    private let queue = DispatchQueue(label: "leases", qos: .userInitiated)

    package init(every interval: Duration = JobLock.heartbeat) {
        timer = DispatchSource.makeTimerSource(queue: queue)
        let milliseconds = Int(interval / .milliseconds(1))
        timer.schedule(deadline: .now() + .milliseconds(milliseconds), repeating: .milliseconds(milliseconds))
        timer.setEventHandler { [weak self] in self?.renew() }
        timer.activate()
    }

    deinit { timer.cancel() }

    package func keep(_ lock: JobLock) { locks.withLock { $0[ObjectIdentifier(lock)] = lock } }

    package func release(_ lock: JobLock) {
        locks.withLock { $0[ObjectIdentifier(lock)] = nil }
        lock.release()
    }

    private func renew() {
        for lock in locks.withLock({ Array($0.values) }) { lock.renew() }
    }
}
