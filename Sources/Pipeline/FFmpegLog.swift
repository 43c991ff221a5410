package import CFFmpeg
import Glibc
import Synchronization

/// FFmpeg's own log lines. Our errors carry FFmpeg's words, so the raw lines would only say it twice.
package enum FFmpegLog {
    private static let redirects = Mutex<[UInt: @Sendable () -> Void]>([:])

    /// Tells when a server sends an `AVFormatContext` elsewhere, which libavformat's RTSP follows without end, while `body`
    /// runs. The log is the only place where it says so.
    package static func watchingRedirects<Result, Failure: Error>(
        of context: UnsafeMutablePointer<AVFormatContext>, _ onRedirect: @escaping @Sendable () -> Void,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let key = UInt(bitPattern: context)
        redirects.withLock { $0[key] = onRedirect }
        defer { redirects.withLock { $0[key] = nil } }
        return try body()
    }

    /// Read it before the first FFmpeg call of a stage: from then on FFmpeg writes nothing to the terminal.
    package static let silenced: Void = av_log_set_callback { context, level, format, arguments in
        if let context, let format,
            context.load(as: UnsafePointer<AVClass>?.self) == avformat_get_class(),
            strstr(format, "Redirecting to") != nil
        {
            redirects.withLock { $0[UInt(bitPattern: context)] }?()
            return
        }
        // The class is the first field of whatever logs; a codec's threads log through copies of its context.
        guard level <= AV_LOG_WARNING, let context,
            context.load(as: UnsafePointer<AVClass>?.self) == avcodec_get_class(),
            let listener = context.assumingMemoryBound(to: AVCodecContext.self).pointee.opaque
        else { return }
        let complaints = Unmanaged<CodecComplaints>.fromOpaque(listener).takeUnretainedValue()
        if level <= AV_LOG_ERROR { complaints.note() }
        guard let format, let arguments, CodecComplaints.saysUnsupported(String(cString: format)) else { return }
        var prefix: Int32 = 0
        let line = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 160) { text in
            av_log_format_line2(nil, level, format, arguments, text.baseAddress, Int32(text.count), &prefix)
            return String(cString: text.baseAddress!)
        }
        complaints.noteUnsupported(line)
    }
}

/// Whether a codec has logged an error. FFmpeg 5.1 marks damaged pictures as such, but with frame threads now and then
/// only after it has given them out; its log doesn't miss them.
package final class CodecComplaints: Sendable {
    private let isAny = Atomic<Bool>(false)
    private let firstUnsupported = Mutex<String?>(nil)

    package init() {}

    /// Listens to a codec that is not open yet. This object must outlive it; nothing else may use its `opaque`.
    package func listen(to codec: UnsafeMutablePointer<AVCodecContext>) {
        codec.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
    }

    package var isEmpty: Bool { !isAny.load(ordering: .relaxed) }

    /// Whether there was any since the last call; from now on there is none.
    package func takeAny() -> Bool { isAny.exchange(false, ordering: .relaxed) }

    /// The first line in which the codec said that it does not support what it got; nil: it did not.
    package var unsupported: String? { firstUnsupported.withLock { $0 } }

    fileprivate static func saysUnsupported(_ format: String) -> Bool {
        let text = format.lowercased()
        return ["unsupported", "not supported", "not implemented", "doesn't support"].contains(where: text.contains)
    }

    fileprivate func noteUnsupported(_ line: String) {
        let text = line.split(whereSeparator: \.isNewline).joined(separator: " ")
        firstUnsupported.withLock { $0 = $0 ?? text }
    }

    fileprivate func note() { isAny.store(true, ordering: .relaxed) }
}
