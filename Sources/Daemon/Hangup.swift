import Dispatch
import Glibc

/// Turns SIGHUP, by which a service is told to read its settings again, into a call.
package final class Hangup {
    private let source: any DispatchSourceSignal

    /// From here on the signal does not end the process.
    ///
    /// - Parameter reload: called on a queue of its own, one call after the other; signals that come in the meantime are
    ///   one call.
    package init(reload: @escaping @Sendable () -> Void) {
        signal(SIGHUP, SIG_IGN)  // the default action would come before the source's handler
        source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: DispatchQueue(label: "hangup"))
        source.setEventHandler(handler: reload)
        let registered = DispatchSemaphore(value: 0)
        source.setRegistrationHandler { registered.signal() }
        source.resume()
        // Until then the signal is ignored, and lost.
        registered.wait()
    }

    deinit { source.cancel() }
}
