import Glibc
import Logging
import Pipeline
import Synchronization

/// Log lines as a command-line tool writes them: "camstream: warning: ...", on standard error.
struct StandardErrorLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let prefix =
            switch event.level {
            case .warning: "warning: "
            case .error, .critical: "error: "
            case .trace, .debug, .info, .notice: ""
            }
        StandardError.write("\(ProgressLine.clear)camstream: \(prefix)\(event.message)\n")
    }
}

/// What cannot be written there, such as to a closed terminal, is dropped. Addresses lose their secrets on the way.
enum StandardError {
    private static let state = Mutex((waits: true, lost: 0))

    /// From now on, what would have to wait for a reader (a full pipe, a stopped terminal) is dropped, too, and counted.
    static func neverWaits() { state.withLock { $0.waits = false } }

    /// - Parameter isLine: whether its loss is told later.
    static func write(_ text: String, isLine: Bool = true) {
        state.withLock { state in
            guard state.waits || canTakeMore else {
                if isLine { state.lost += 1 }
                return
            }
            if state.lost > 0 {
                put("camstream: warning: \(state.lost) lines of this log are lost, because nobody read them\n")
                state.lost = 0
            }
            put(text)
        }
    }

    private static func put(_ text: String) {
        var text = Redaction.text(text)
        text.withUTF8 { bytes in _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
    }

    /// A pipe says so if it takes 4096 bytes, which no line has.
    private static var canTakeMore: Bool {
        var descriptor = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        return poll(&descriptor, 1, 0) > 0
    }
}
