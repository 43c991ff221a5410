import Glibc
import Logging

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

/// What cannot be written there, such as to a closed terminal, is dropped.
enum StandardError {
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
    }
}
