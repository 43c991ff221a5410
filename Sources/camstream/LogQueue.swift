import DequeModule
import Dispatch
import Glibc
import Pipeline
import Synchronization

/// Lines on their way to a file, a pipe or a terminal. Nobody but a thread of its own waits for who reads them: what the
/// queue does not hold is dropped, and its number told as soon as there is room again.
final class LogQueue: Sendable {
    private struct State {
        var lines: Deque<[UInt8]> = []
        var bytes = 0
        /// Lines that are lost and not told yet.
        var untold = 0
        var lost = 0
        var isWriting = false
        var flushes: [DispatchSemaphore] = []
    }

    private let descriptor: Int32
    /// Bytes.
    private let capacity: Int
    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)
    private let thread: StageThread

    /// - Parameters:
    ///   - descriptor: is written to, and not closed.
    ///   - capacity: bytes that wait at most.
    init(_ descriptor: Int32, capacity: Int = 256 << 10) throws(LackOfResources) {
        thread = try StageThread("log")
        self.descriptor = descriptor
        self.capacity = capacity
        thread.run { [self] in while true { writeNext() } }
    }

    /// Lines that nobody will read.
    var lost: Int { state.withLock { $0.lost } }

    /// - Parameter isLine: whether its loss is counted.
    func write(_ text: String, isLine: Bool = true) {
        let bytes = Array(text.utf8)
        state.withLock { state in
            guard state.bytes + bytes.count <= capacity else {
                if isLine {
                    state.untold += 1
                    state.lost += 1
                }
                return
            }
            tellLoss(&state)
            add(bytes, &state)
        }
    }

    /// Waits until all is written.
    ///
    /// - Parameter milliseconds: at most.
    func flush(within milliseconds: Int) {
        let done = DispatchSemaphore(value: 0)
        let mustWait = state.withLock { state in
            guard state.isWriting || !state.lines.isEmpty else { return false }
            state.flushes.append(done)
            return true
        }
        if mustWait { _ = done.wait(timeout: .now() + .milliseconds(milliseconds)) }
    }

    private func writeNext() {
        available.wait()
        let line = state.withLock { state in
            let line = state.lines.removeFirst()
            state.bytes -= line.count
            state.isWriting = true
            return line
        }
        put(line)
        let flushes = state.withLock { state -> [DispatchSemaphore] in
            state.isWriting = false
            if state.lines.isEmpty { tellLoss(&state) }
            guard state.lines.isEmpty else { return [] }
            defer { state.flushes = [] }
            return state.flushes
        }
        for flush in flushes { flush.signal() }
    }

    /// What is refused, such as by a pipe without a reader, is dropped.
    private func put(_ line: [UInt8]) {
        var rest = line[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // Somebody else made it non-blocking.
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, -1)
            } else if errno != EINTR {
                return
            }
        }
    }

    private func tellLoss(_ state: inout State) {
        guard state.untold > 0 else { return }
        add(
            Array("camstream: warning: \(state.untold) lines of this log are lost, because nobody read them\n".utf8),
            &state)
        state.untold = 0
    }

    private func add(_ line: [UInt8], _ state: inout State) {
        state.lines.append(line)
        state.bytes += line.count
        available.signal()
    }
}
