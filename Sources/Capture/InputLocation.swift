import CFFmpeg
import Glibc
import Pipeline

/// What an input's name stands for. A file that is there goes before a pattern or an address of the same spelling.
enum InputLocation: Equatable {
    case file(path: String)
    /// Standard input or another descriptor: `-`, `pipe:3`.
    case descriptor(Int32)
    case namedPipe(path: String)
    case sequence(ImageSequence)
    case address(String)

    /// - Throws: what is wrong with a local file before FFmpeg looks at it.
    init(_ input: String) throws(CaptureError) {
        if input == "-" || input == "pipe:" {
            self = .descriptor(0)
            return
        }
        if input.hasPrefix("pipe:"), let number = Int32(input.dropFirst(5)), number >= 0 {
            self = .descriptor(number)
            return
        }
        let path = input.hasPrefix("file:") ? String(input.dropFirst(5)) : input
        var status = stat()
        if stat(path, &status) == 0 {
            self = try Self.present(path, status)
        } else if errno == EACCES {
            throw .permissionDenied(input: redacted(path))
        } else if let sequence = try ImageSequence(path) {
            self = .sequence(sequence)
        } else if Self.isAddress(input) {
            self = .address(input)
        } else {
            throw .notFound(input: redacted(path))
        }
    }

    private static func present(_ path: String, _ status: stat) throws(CaptureError) -> InputLocation {
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw .isDirectory(input: path)
        case S_IFIFO: return .namedPipe(path: path)
        default: break
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == EACCES || errno == EPERM { throw .permissionDenied(input: path) }
            throw .cannotOpen(input: path, cause: .init(code: shim_error(errno), function: "open"))
        }
        close(descriptor)
        if status.st_mode & S_IFMT == S_IFREG && status.st_size == 0 { throw .empty(input: path) }
        return .file(path: path)
    }

    /// `http://...`, and what FFmpeg reads without slashes, such as `concat:a.ts|b.ts`.
    static func isAddress(_ input: String) -> Bool {
        if input.contains("://") && !input.hasPrefix("/") { return true }
        guard let name = avio_find_protocol_name(input) else { return false }
        return String(cString: name) != "file"
    }

    /// Whether pictures come from there as they are taken.
    enum Liveness {
        case always
        /// A server may send a recording or what a camera sees.
        case ifEndless
        case never
    }

    var liveness: Liveness {
        guard case .address(let address) = self else { return .never }
        return switch address.prefix(while: { $0 != ":" }).lowercased() {
        case "rtsp", "rtsps", "rtp", "srtp", "udp", "udplite", "srt", "rist", "rtmp", "rtmps", "rtmpt", "rtmpts",
            "rtmpe", "rtmpte":
            .always
        case "http", "https", "tcp", "tls", "unix": .ifEndless
        default: .never
        }
    }

    /// As errors and logs call it.
    var name: String {
        switch self {
        case .file(let path), .namedPipe(let path): path
        case .descriptor(let number): number == 0 ? "standard input" : "pipe:\(number)"
        case .sequence(let sequence): sequence.pattern
        case .address(let address): redacted(address)
        }
    }

    /// As libavformat opens it. "file:" keeps it from taking a name such as `10:30.mp4` for an address.
    var url: String {
        switch self {
        case .file(let path), .namedPipe(let path): "file:\(path)"
        case .descriptor: ""
        case .sequence(let sequence): "file:\(sequence.pattern)"
        case .address(let address): address
        }
    }
}
