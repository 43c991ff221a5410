package import CFFmpeg

/// One picture and its time; sole owner of its FFmpeg frame. Moving it moves a pointer, not pixels.
///
/// The pixels may be shared with a decoder, which still needs them as a reference: read them, draw on another frame.
package struct Frame: ~Copyable, @unchecked Sendable {  // safe: one owner at a time
    /// Valid while this value lives.
    package let av: UnsafeMutablePointer<AVFrame>
    /// Position in the input, counted from 0 over the frames that were decoded.
    package let index: Int
    /// Presentation time and duration (0: unknown), in units of `timeBase`.
    package let pts: Int64
    package let duration: Int64
    package let timeBase: AVRational
    /// When it was taken; nil unless its source is live.
    package let captured: CaptureTime?
    /// Which part of its input it is of, from 0: a new one begins where the input's own time stamps jump.
    package let part: Int

    package init(
        adopting av: UnsafeMutablePointer<AVFrame>, index: Int, pts: Int64, duration: Int64, timeBase: AVRational,
        captured: CaptureTime? = nil, part: Int = 0
    ) {
        self.av = av
        self.index = index
        self.pts = pts
        self.duration = duration
        self.timeBase = timeBase
        self.captured = captured
        self.part = part
    }

    /// Another picture at the time of `original`.
    package init(adopting av: UnsafeMutablePointer<AVFrame>, timedLike original: borrowing Frame) {
        self.init(
            adopting: av, index: original.index, pts: original.pts, duration: original.duration,
            timeBase: original.timeBase, captured: original.captured, part: original.part)
    }

    /// The same picture with another place and time.
    package consuming func placed(
        index: Int, pts: Int64, duration: Int64, timeBase: AVRational, captured: CaptureTime?
    ) -> Frame {
        let (av, part) = (av, part)
        discard self
        av.pointee.pts = pts
        shim_set_frame_duration(av, duration)
        return Frame(
            adopting: av, index: index, pts: pts, duration: duration, timeBase: timeBase, captured: captured, part: part
        )
    }

    /// Another owner of the same pixels, which nobody may change from now on.
    ///
    /// - Throws: `FFmpegError` if memory is short.
    package func reference() throws(FFmpegError) -> Frame {
        guard let copy = av_frame_clone(av) else { throw .outOfMemory("av_frame_clone") }
        return Frame(adopting: copy, timedLike: self)
    }

    deinit {
        var dying: UnsafeMutablePointer<AVFrame>? = av
        av_frame_free(&dying)
    }

    package var width: Int { Int(av.pointee.width) }
    package var height: Int { Int(av.pointee.height) }
    package var pixelFormat: AVPixelFormat { AVPixelFormat(rawValue: av.pointee.format) }

    /// Presentation time in seconds.
    package var seconds: Double { Double(pts) * Double(timeBase.num) / Double(timeBase.den) }
}
