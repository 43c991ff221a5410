import CFFmpeg
import Kept
import Pipeline

/// One class's heat as a grey video without loss. Sole owner of its encoder.
final class HeatTrack {
    let grid: HeatGrid
    let stream: Int

    private let encoder: VideoEncoder
    private let pool: FramePool
    private let muxer: Muxer

    /// - Parameters:
    ///   - format: of the upright pictures; the heats have their times.
    ///   - title: what players call it.
    init(
        _ muxer: Muxer, _ grid: HeatGrid, like format: VideoFormat, title: String, path: String
    ) throws(EncodeError) {
        (self.muxer, self.grid) = (muxer, grid)
        var grey = format
        (grey.width, grey.height, grey.pixelFormat) = (grid.width, grid.height, AV_PIX_FMT_GRAY8)
        grey.colour = ColourTags(range: AVCOL_RANGE_JPEG)
        grey.hdr = nil
        let pixel = format.sampleAspectRatio.num > 0 ? av_q2d(format.sampleAspectRatio) : 1
        grey.sampleAspectRatio = av_d2q(grid.stepX / grid.stepY * pixel, 1000)
        let isMatroska = muxer.holding.isMatroska
        var settings = EncodeConfig()
        settings.threads = 1
        settings.options = isMatroska ? Self.ffv1(grid) : Self.x264
        let codec = avcodec_find_encoder_by_name(isMatroska ? "ffv1" : "libx264")
        guard let codec else { throw .unknownCodec(name: isMatroska ? "ffv1" : "libx264") }
        encoder = try VideoEncoder(
            codec, EncoderSettings(settings, codec), grey, hasGlobalHeader: muxer.flags & AVFMT_GLOBALHEADER != 0,
            path: path)
        do { pool = try FramePool(grey) } catch { throw .encodingFailed(path: path, cause: error) }
        stream = try muxer.addVideo(
            EncodedFormat(of: encoder, notes: [], path: path), metadata: ["title": title, "handler_name": title],
            isDefault: false)
    }

    /// Each picture by itself, with a checksum, so that players and readers can begin anywhere; in one piece, where FFmpeg makes small
    /// ones so.
    private static func ffv1(_ grid: HeatGrid) -> [String] {
        ["level=3", "g=1", "slicecrc=1"] + (grid.width <= 352 && grid.height <= 288 ? ["slices=1"] : [])
    }
    /// No loss, no picture that waits for another, and a key picture a second.
    private static let x264 = ["qp=0", "preset=veryfast", "tune=zerolatency"]

    /// - Parameters:
    ///   - map: nil: no heat.
    ///   - pts: in units of the pictures' time base, as the duration.
    func write(_ map: Heatmap?, pts: Int64, like picture: borrowing Frame, path: String) throws(EncodeError) {
        let frame: Frame
        do throws(FFmpegError) {
            frame = try pool.frame(
                index: picture.index, pts: pts, duration: picture.duration, timeBase: picture.timeBase)
        } catch {
            throw .encodingFailed(path: path, cause: error)
        }
        let (start, stride) = (shim_plane(frame.av, 0)!, Int(shim_bytes_per_row(frame.av, 0)))
        if let map {
            grid.draw(map) { y, heats in (start + y * stride).update(from: heats, count: heats.count) }
        } else {
            start.update(repeating: 0, count: grid.height * stride)
        }
        try encoder.encode(frame, asKey: false, mux)
    }

    func finish() throws(EncodeError) { try encoder.flush(mux) }

    private func mux(_ packet: UnsafeMutablePointer<AVPacket>) throws(EncodeError) {
        try muxer.write(packet, stream: stream, timeBase: encoder.timeBase)
    }
}
