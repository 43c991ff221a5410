import Encode
import Glibc
import Pipeline

/// What commands print. Addresses lose their secrets on the way.
enum StandardOutput {
    /// A reader that has seen enough, as `head` has, is no failure.
    ///
    /// - Parameter text: without its last line break.
    static func write(_ text: String) throws(EncodeError) {
        try write(Array("\(Printable.text(Redaction.text(text)))\n".utf8)[...])
    }

    static func write(json text: String) throws(EncodeError) { try write(Printable.json(text)) }

    /// The same of bytes for programs, as they are.
    static func write(_ bytes: ArraySlice<UInt8>) throws(EncodeError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, -1)
            } else if errno == EPIPE {
                return
            } else if errno != EINTR {
                throw .cannotWrite(path: "to standard output", reason: String(cString: strerror(errno)))
            }
        }
    }
}
