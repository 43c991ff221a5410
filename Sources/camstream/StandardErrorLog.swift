import Glibc
import Logging
import Pipeline
import Synchronization

/// Log lines as a command-line tool writes them: "camstream: warning: ...", on standard error.
struct StandardErrorLog: LogHandler {
    /// The key of the name of the camera that a line is about.
    static let camera = "camera"

    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    /// Code points of a message: what quotes others is no reason to fill a disk.
    private static let longest = 8000

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
        // What a name holds must not begin a line.
        // Cut only without its secrets, which are not found in half an address.
        let message = Printable.beginning(Redaction.text("\(event.message)"), upTo: Self.longest)
        let camera = metadata[Self.camera].map { "\($0): " } ?? ""
        StandardError.write("camstream: \(prefix)\(camera)\(message)\n", after: ProgressLine.clear)
    }
}

/// What cannot be written there, such as to a closed terminal, is dropped. On the way addresses lose their secrets, and
/// control characters what they do.
enum StandardError {
    private static let waits = Atomic(true)
    /// nil: there is no thread for it, and lines wait for who reads them.
    private static let queue: LogQueue? = {
        do {
            return try LogQueue(STDERR_FILENO)
        } catch {
            return nil
        }
    }()
    /// Keeps whole lines together.
    private static let writing = Mutex(())

    /// From now on nothing waits for a reader (a full pipe, a stopped terminal): lines queue up, and are dropped and counted
    /// where there are too many.
    static func neverWaits() { waits.store(false, ordering: .relaxed) }

    /// - Parameters:
    ///   - control: what the program itself tells the terminal first.
    ///   - isLine: whether its loss is told later.
    static func write(_ text: String, after control: String = "", isLine: Bool = true) {
        let shown = Printable.text(Redaction.text(text))
        let text = control + (TerminalColour.isOn(STDERR_FILENO) ? TerminalColour.message(shown) : shown)
        if !mayWait, let queue { return queue.write(text, isLine: isLine) }
        let rest = writing.withLock { _ in put(text) }
        if let rest { queue?.write(rest, isLine: isLine) }
    }

    /// Waits until what was written until now is out, or the time is over.
    static func flush(within milliseconds: Int) {
        if !mayWait { queue?.flush(within: milliseconds) }
    }

    /// Lines that nobody will read.
    static var lost: Int { mayWait ? 0 : queue?.lost ?? 0 }

    private static var mayWait: Bool { waits.load(ordering: .relaxed) }

    /// - Returns: what is not written when nothing waits any more.
    private static func put(_ text: String) -> String? {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            // In parts, each of which a pipe takes at once if it says that there is room.
            guard canTakeMore else {
                if mayWait { continue }
                return String(decoding: rest, as: UTF8.self)
            }
            let part = rest.prefix(Int(PIPE_BUF))
            let count = part.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR, errno != EAGAIN {
                return nil
            }
        }
        return nil
    }

    /// Waits for it for a moment: a signal may come meanwhile.
    private static var canTakeMore: Bool {
        var descriptor = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        return poll(&descriptor, 1, 50) > 0
    }
}
