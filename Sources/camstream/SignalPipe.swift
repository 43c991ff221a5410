import Dispatch
import Glibc
import Synchronization

/// Brings signals from their handler, where next to nothing may be done, to where anything may.
///
/// The handler writes the signal's number into a pipe. A dispatch source of signals would need no handler, but signals are
/// lost before it is registered, and again where one source ends while another begins (swift-corelibs-libdispatch, 6.3).
/// The pipe is the process's own and never closed: a handler may still run when nobody listens any more.
enum SignalPipe {
    /// What was done for somebody who listens.
    struct Listening {
        /// What each signal did before.
        fileprivate let earlier: [(number: Int32, action: sigaction)]
    }

    private static let listener = Mutex<(@Sendable (Int32) -> Void)?>(nil)
    private static let writeEnd = Atomic<Int32>(-1)
    /// Reads for as long as the process lives; a signal that comes before it is registered waits in the pipe.
    private nonisolated(unsafe) static let reader: any DispatchSourceRead = {  // safe: nobody touches it any more
        var ends: [Int32] = [-1, -1]
        let isOpen = pipe(&ends) == 0
        precondition(isOpen, "no pipe for signals: \(String(cString: strerror(errno)))")
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        writeEnd.store(ends[1], ordering: .sequentiallyConsistent)
        let (readEnd, queue) = (ends[0], DispatchQueue(label: "signals"))
        let source = DispatchSource.makeReadSource(fileDescriptor: readEnd, queue: queue)
        source.setEventHandler {
            var number: UInt8 = 0
            while read(readEnd, &number, 1) == 1 {
                let listener = listener.withLock { $0 }
                listener?(Int32(number))
            }
        }
        source.activate()
        return source
    }()

    /// From the return on, each signal that comes is told once, one after the other, on a queue of their own.
    static func listen(to numbers: [Int32], _ heard: @escaping @Sendable (Int32) -> Void) -> Listening {
        _ = reader
        listener.withLock { $0 = heard }
        return Listening(
            earlier: numbers.map { number in
                var (action, earlier) = (sigaction(), sigaction())
                action.__sigaction_handler.sa_handler = { SignalPipe.note($0) }
                // What waits in the system goes on waiting, so that a signal is no error of a read or a write.
                action.sa_flags = SA_RESTART
                sigaction(number, &action, &earlier)
                return (number, earlier)
            })
    }

    /// The signals do again what they did before.
    static func stop(_ listening: Listening) {
        for (number, earlier) in listening.earlier {
            var action = earlier
            sigaction(number, &action, nil)
        }
        listener.withLock { $0 = nil }
    }

    /// What the handler does: calls only what may be called there, and leaves the interrupted call's error as it is.
    private static func note(_ number: Int32) {
        let (end, before) = (writeEnd.load(ordering: .relaxed), errno)
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(end, &byte, 1)
        errno = before
    }
}
