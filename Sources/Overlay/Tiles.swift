import CFFmpeg
import Pipeline

/// Makes the small pictures of the grid, one at a time.
final class Tiles {
    let width: Int
    let height: Int
    private let format: VideoFormat
    private let shrinker: UnsafeMutableRawPointer
    private let pool: FramePool

    /// - Parameters:
    ///   - width, height: of a tile, in pixels.
    init(of format: VideoFormat, width: Int, height: Int) throws(OverlayError) {
        self.width = width
        self.height = height
        var small = format
        (small.width, small.height) = (width, height)
        self.format = small
        do { pool = try FramePool(small) } catch { throw .outOfMemory(error) }
        let shrinker = shim_shrinker_make(
            Int32(format.width), Int32(format.height), Int32(width), Int32(height),
            Self.withoutRange(format.pixelFormat))
        guard let shrinker else {
            throw .cannotScale(FFmpegError(code: shim_error(ENOTSUP), function: "sws_getContext"))
        }
        self.shrinker = shrinker
    }

    deinit { shim_shrinker_free(shrinker) }

    /// A new picture at the time of `picture`.
    func shrink(_ picture: borrowing Frame) throws(OverlayError) -> Frame {
        let tile: Frame
        do { tile = try pool.frame(timedLike: picture) } catch { throw .outOfMemory(error) }
        let code = shim_shrink(shrinker, tile.av, picture.av)
        guard code >= 0 else { throw .cannotScale(FFmpegError(code: code, function: "sws_scale_frame")) }
        return tile
    }

    /// The formats that imply full range are, for libswscale, old names of others with a warning.
    private static func withoutRange(_ format: AVPixelFormat) -> AVPixelFormat {
        switch format {
        case AV_PIX_FMT_YUVJ420P: AV_PIX_FMT_YUV420P
        case AV_PIX_FMT_YUVJ422P: AV_PIX_FMT_YUV422P
        case AV_PIX_FMT_YUVJ444P: AV_PIX_FMT_YUV444P
        case AV_PIX_FMT_YUVJ440P: AV_PIX_FMT_YUV440P
        default: format
        }
    }
}
