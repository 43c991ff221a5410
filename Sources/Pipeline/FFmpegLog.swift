import CFFmpeg

/// FFmpeg's own log lines. Our errors carry FFmpeg's words, so the raw lines would only say it twice.
package enum FFmpegLog {
    /// Read it before the first FFmpeg call of a stage: from then on FFmpeg writes nothing to the terminal.
    package static let silenced: Void = av_log_set_level(AV_LOG_QUIET)
}
