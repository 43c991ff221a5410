import Dispatch
import Glibc
import Synchronization

/// Turns SIGINT and SIGTERM into a call; a second signal ends the process at once.
final class Signals {
    private let first: FirstSignal
    private let sources: [any DispatchSourceSignal]

    /// - Parameter stop: called once, on a queue of its own.
    init(stop: @escaping @Sendable () -> Void) {
        let first = FirstSignal()
        let queue = DispatchQueue(label: "signals")
        let registered = DispatchSemaphore(value: 0)
        let numbers = [SIGINT, SIGTERM]
        sources = numbers.map { number in
            signal(number, SIG_IGN)  // the default action would come before the source's handler
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setRegistrationHandler { registered.signal() }
            source.setEventHandler {
                if first.set(number) { stop() } else { _exit(128 + number) }
            }
            source.resume()
            return source
        }
        self.first = first
        // Until then a signal is ignored, and lost.
        for _ in numbers { registered.wait() }
    }

    deinit { for source in sources { source.cancel() } }

    /// The signal that came, or nil.
    var received: Int32? { first.number }
}

private final class FirstSignal: Sendable {
    private let value = Atomic<Int32>(0)

    var number: Int32? {
        let number = value.load(ordering: .acquiring)
        return number == 0 ? nil : number
    }

    /// - Returns: false if there was one before.
    func set(_ number: Int32) -> Bool {
        value.compareExchange(expected: 0, desired: number, ordering: .acquiringAndReleasing).exchanged
    }
}
