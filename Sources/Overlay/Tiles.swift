import CFFmpeg
import Pipeline

/// Makes the small pictures of the grid, one at a time.
final class Tiles {
    private let shrinker: Scaler
    private let pool: FramePool

    /// - Parameters:
    ///   - width, height: of a tile, in pixels.
    init(of format: VideoFormat, width: Int, height: Int) throws(OverlayError) {
        var small = format
        (small.width, small.height) = (width, height)
        do { pool = try FramePool(small) } catch { throw .outOfMemory(error) }
        // One colour coding on both sides, whichever: it is not converted.
        let plain = Self.withoutRange(format.pixelFormat)
        let sides = [(format.width, format.height), (width, height)].map {
            Scaler.Side($0.0, $0.1, plain, ColourTags(matrix: AVCOL_SPC_BT709))
        }
        do { shrinker = try Scaler(from: sides[0], to: sides[1], .area) } catch { throw .cannotScale(error) }
    }

    /// A new picture at the time of `picture`.
    func shrink(_ picture: borrowing Frame) throws(OverlayError) -> Frame {
        let tile: Frame
        do { tile = try pool.frame(timedLike: picture) } catch { throw .outOfMemory(error) }
        do { try shrinker.scale(picture, into: tile) } catch { throw .cannotScale(error) }
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
