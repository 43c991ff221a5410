package import CFFmpeg

/// Pictures of one size and format whose memory is used again when they are freed.
package final class FramePool: @unchecked Sendable {  // safe: an AVBufferPool may be used from any thread
    package let format: VideoFormat
    private let pool: OpaquePointer

    /// - Throws: `FFmpegError` if the size or format is not possible, or memory is short.
    package init(_ format: VideoFormat) throws(FFmpegError) {
        self.format = format
        let size = try FFmpegError.check(
            av_image_get_buffer_size(
                format.pixelFormat, Int32(format.width), Int32(format.height), Self.alignment),
            "av_image_get_buffer_size")
        // Decoders, scalers and our own kernels may read or write a vector past the end.
        guard let pool = av_buffer_pool_init(Int(size) + Int(Self.alignment), nil) else {
            throw .outOfMemory("av_buffer_pool_init")
        }
        self.pool = pool
    }

    deinit {
        var dying: OpaquePointer? = pool
        av_buffer_pool_uninit(&dying)
    }

    /// A picture with undefined pixels, at the time of `original`.
    package func frame(timedLike original: borrowing Frame) throws(FFmpegError) -> Frame {
        guard let av = av_frame_alloc() else { throw .outOfMemory("av_frame_alloc") }
        let frame = Frame(adopting: av, timedLike: original)
        try givePixels(to: av)
        return frame
    }

    /// A picture with undefined pixels.
    ///
    /// - Parameter pts, duration: in units of the time base.
    package func frame(
        index: Int, pts: Int64, duration: Int64, timeBase: AVRational, captured: CaptureTime? = nil
    ) throws(FFmpegError) -> Frame {
        guard let av = av_frame_alloc() else { throw .outOfMemory("av_frame_alloc") }
        let frame = Frame(
            adopting: av, index: index, pts: pts, duration: duration, timeBase: timeBase, captured: captured)
        try givePixels(to: av)
        return frame
    }

    private func givePixels(to av: UnsafeMutablePointer<AVFrame>) throws(FFmpegError) {
        guard let buffer = av_buffer_pool_get(pool) else { throw .outOfMemory("av_buffer_pool_get") }
        av.pointee.buf.0 = buffer
        av.pointee.format = format.pixelFormat.rawValue
        av.pointee.width = Int32(format.width)
        av.pointee.height = Int32(format.height)
        av.pointee.sample_aspect_ratio = format.sampleAspectRatio
        format.colour.apply(to: av)
        try FFmpegError.check(shim_fill_planes(av, buffer.pointee.data, Self.alignment), "av_image_fill_arrays")
    }

    /// Bytes: rows start on a cache line, which is also AVX-512's width.
    private static let alignment: Int32 = 64
}
