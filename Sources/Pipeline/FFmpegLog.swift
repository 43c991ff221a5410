package import CFFmpeg
import Synchronization

/// FFmpeg's own log lines. Our errors carry FFmpeg's words, so the raw lines would only say it twice.
package enum FFmpegLog {
    /// Read it before the first FFmpeg call of a stage: from then on FFmpeg writes nothing to the terminal.
    package static let silenced: Void = av_log_set_callback { context, level, _, _ in
        // The class is the first field of whatever logs; a codec's threads log through copies of its context.
        guard level <= AV_LOG_ERROR, let context, context.load(as: UnsafePointer<AVClass>?.self) == avcodec_get_class(),
            let listener = context.assumingMemoryBound(to: AVCodecContext.self).pointee.opaque
        else { return }
        Unmanaged<CodecComplaints>.fromOpaque(listener).takeUnretainedValue().note()
    }
}

/// Whether a codec has logged an error. FFmpeg 5.1 marks damaged pictures as such, but with frame threads now and then
/// only after it has given them out; its log doesn't miss them.
package final class CodecComplaints: Sendable {
    private let isAny = Atomic<Bool>(false)

    package init() {}

    /// Listens to a codec that is not open yet. This object must outlive it; nothing else may use its `opaque`.
    package func listen(to codec: UnsafeMutablePointer<AVCodecContext>) {
        codec.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
    }

    package var isEmpty: Bool { !isAny.load(ordering: .relaxed) }

    fileprivate func note() { isAny.store(true, ordering: .relaxed) }
}
