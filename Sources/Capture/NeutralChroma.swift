import CFFmpeg
import Pipeline

/// Makes a grey picture a 4:2:0 one without a copy: its luma stays where it is, and both chroma planes are one plane of
/// the neutral value, shared by all pictures.
struct NeutralChroma: ~Copyable {
    private var buffer: UnsafeMutablePointer<AVBufferRef>?
    private var bytesPerRow = 0
    private var rows = 0
    private var bitsPerSample = 0

    deinit {
        var dying = buffer
        av_buffer_unref(&dying)
    }

    /// - Parameter picture: of a native grey format.
    /// - Parameter format: 4:2:0 with the same depth.
    mutating func add(to picture: UnsafeMutablePointer<AVFrame>, as format: AVPixelFormat) throws(FFmpegError) {
        guard let layout = PixelLayout(format) else {
            throw FFmpegError(code: shim_error_invalid_data, function: "PixelLayout")
        }
        try prepare(
            width: layout.width(ofPlane: 1, forWidth: Int(picture.pointee.width)),
            height: layout.height(ofPlane: 1, forHeight: Int(picture.pointee.height)), layout)
        guard let reference = av_buffer_ref(buffer) else { throw .outOfMemory("av_buffer_ref") }
        picture.pointee.buf.1 = reference
        picture.pointee.data.1 = reference.pointee.data
        picture.pointee.data.2 = reference.pointee.data
        picture.pointee.linesize.1 = Int32(bytesPerRow)
        picture.pointee.linesize.2 = Int32(bytesPerRow)
        picture.pointee.format = format.rawValue
    }

    private mutating func prepare(width: Int, height: Int, _ layout: PixelLayout) throws(FFmpegError) {
        // Rows start on a cache line, and a vector may be read past the last.
        let needed = (width * layout.bytesPerSample + 63) & ~63
        if buffer != nil && needed == bytesPerRow && height == rows && layout.bitsPerSample == bitsPerSample { return }
        av_buffer_unref(&buffer)
        let size = needed * height + 64
        buffer = av_buffer_alloc(size)
        guard let data = buffer?.pointee.data else { throw .outOfMemory("av_buffer_alloc") }
        let raw = UnsafeMutableRawPointer(data)
        let neutral = 1 << (layout.bitsPerSample - 1)
        if layout.bytesPerSample == 1 {
            raw.initializeMemory(as: UInt8.self, repeating: UInt8(neutral), count: size)
        } else {
            raw.initializeMemory(as: UInt16.self, repeating: UInt16(neutral), count: size / 2)
        }
        bytesPerRow = needed
        rows = height
        bitsPerSample = layout.bitsPerSample
    }
}
