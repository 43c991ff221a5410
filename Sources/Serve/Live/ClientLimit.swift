import Synchronization

/// How many clients may follow something at a time, counted over all cameras that share it.
package final class ClientLimit: Sendable {
    package let maximum: Int
    private let count = Mutex(0)

    package init(_ maximum: Int) { self.maximum = maximum }

    /// - Returns: false if there are as many as may be.
    func enter() -> Bool {
        count.withLock { count in
            guard count < maximum else { return false }
            count += 1
            return true
        }
    }

    func leave(_ leavers: Int = 1) { count.withLock { $0 -= leavers } }
}
