import CFFmpeg
import Pipeline

/// Makes the small pictures of the grid; keeps the last one.
final class Tiles {
    let width: Int
    let height: Int
    private let scaler: UnsafeMutablePointer<SwsContext>
    private let tile: UnsafeMutablePointer<AVFrame>

    /// - Parameters:
    ///   - width, height: of a tile, in pixels.
    init(of format: VideoFormat, width: Int, height: Int) throws(OverlayError) {
        self.width = width
        self.height = height
        guard let tile = av_frame_alloc() else { throw .outOfMemory(.outOfMemory("av_frame_alloc")) }
        self.tile = tile
        tile.pointee.format = format.pixelFormat.rawValue
        tile.pointee.width = Int32(width)
        tile.pointee.height = Int32(height)
        let code = av_frame_get_buffer(tile, 0)
        let pixelFormat = Self.withoutRange(format.pixelFormat)
        let scaler = sws_getContext(
            Int32(format.width), Int32(format.height), pixelFormat, Int32(width), Int32(height), pixelFormat,
            SWS_AREA | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP, nil, nil, nil)
        guard code >= 0, let scaler else {
            var dying: UnsafeMutablePointer<AVFrame>? = tile
            av_frame_free(&dying)
            if code < 0 { throw .outOfMemory(FFmpegError(code: code, function: "av_frame_get_buffer")) }
            throw .cannotScale(FFmpegError(code: shim_error(EINVAL), function: "sws_getContext"))
        }
        self.scaler = scaler
    }

    deinit {
        sws_freeContext(scaler)
        var dying: UnsafeMutablePointer<AVFrame>? = tile
        av_frame_free(&dying)
    }
}
