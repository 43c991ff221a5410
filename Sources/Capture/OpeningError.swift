import CFFmpeg
import Glibc
import Pipeline

/// Finds out why an input did not open: FFmpeg's "Invalid data" is right for a text file, a cut-off MP4 and noise alike.
struct OpeningError {
    let location: InputLocation
    /// First bytes of an input that cannot be read again.
    let head: [UInt8]
    let watch: CallWatch

    func diagnosed(_ code: Int32, _ function: String) -> CaptureError {
        let cause = FFmpegError(code: code, function: function)
        let name = location.name
        if watch.interrupt.isRaised { return .interrupted }
        if watch.isSentAround { return .tooManyRedirects(input: name, most: CallWatch.mostRedirects) }
        if watch.hasTimedOut {
            return .unreachable(input: name, cause: FFmpegError(code: shim_error(ETIMEDOUT), function: function))
        }
        if code == shim_error_exit { return .interrupted }
        // Of an address it is a length that nobody has memory for, and what is live is tried again.
        if code == shim_error_out_of_memory {
            if case .address = location { return .unreachable(input: name, cause: cause) }
            return .outOfMemory
        }
        switch location {
        case .address:
            if code == shim_error_protocol_not_found { return .unknownProtocol(input: name) }
            return code == shim_error_invalid_data
                ? .notRecognised(input: name, cause: cause) : .unreachable(input: name, cause: cause)
        case .descriptor, .namedPipe:
            if head.isEmpty { return .empty(input: name) }
            return judged(head, cause)
        case .file(let path):
            return judged(Self.head(of: path), cause)
        case .sequence:
            return .cannotOpen(input: name, cause: cause)
        }
    }

    private func judged(_ head: [UInt8], _ cause: FFmpegError) -> CaptureError {
        let name = location.name
        guard cause.code == shim_error_invalid_data || cause.code == shim_error_eof else {
            return .cannotOpen(input: name, cause: cause)
        }
        if let reason = Undecodable(head: head) { return .cannotDecode(input: name, reason) }
        if Self.isQuickTime(head) { return .noIndex(input: name) }
        if Self.isText(head) { return .isText(input: name) }
        return .notRecognised(input: name, cause: cause)
    }

    private static func head(of path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        return [UInt8](unsafeUninitializedCapacity: 512) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
    }

    /// ISO/IEC 14496-12: a file is a row of boxes, each a 32-bit size and a four-letter type.
    private static func isQuickTime(_ head: [UInt8]) -> Bool {
        guard head.count >= 8 else { return false }
        return ["ftyp", "mdat", "wide", "free", "skip"].contains(String(decoding: head[4..<8], as: UTF8.self))
    }

    private static func isText(_ head: [UInt8]) -> Bool {
        // A character may be cut in two at the end.
        let whole = head.dropLast(head.count == 512 ? head.reversed().prefix { $0 >= 0x80 }.count : 0)
        return !whole.isEmpty && String(validating: whole, as: UTF8.self) != nil
            && whole.allSatisfy { $0 >= 0x20 && $0 != 0x7f || (0x09...0x0d).contains($0) || $0 == 0x1b }
    }
}
