import CFFmpeg
import Kept
import Pipeline

/// A grey video whose samples are heats: decoded, and not changed in any way. For use by one thread at a time.
///
/// Packets wait as they are, and are decoded as their pictures are asked for.
final class HeatReader {
    private let grid: HeatGrid
    private let region: Region
    private let timeBase: AVRational
    private let decoder: VideoDecoder
    private let picture: UnsafeMutablePointer<AVFrame>
    private var packets = PacketRow()
    /// The samples of a picture, row by row.
    private var pictures = TimeMatch<[UInt8]>()
    private var isFlushing = false

    /// - Parameter input: for messages.
    init(_ stream: UnsafePointer<AVStream>, _ facts: KeptFacts.HeatTrack, input: String) throws(CaptureError) {
        let codec = stream.pointee.codecpar.pointee.codec_id
        let name = String(cString: avcodec_get_name(codec))
        guard let found = avcodec_find_decoder(codec) else { throw .noDecoder(input: input, codec: name) }
        do {
            decoder = try VideoDecoder(found, stream, threads: 1, isLive: false)
        } catch {
            throw .decoderFailed(input: input, codec: name, cause: error)
        }
        guard let picture = av_frame_alloc() else { throw .outOfMemory }
        self.picture = picture
        grid = facts.grid
        region = Region(x: facts.region[0], y: facts.region[1], width: facts.region[2], height: facts.region[3])
        timeBase = stream.pointee.time_base
    }

    deinit {
        var dying: UnsafeMutablePointer<AVFrame>? = picture
        av_frame_free(&dying)
    }

    /// Takes the track's next packet. What would pile up is left out.
    func append(_ packet: Packet) { if !packets.isFull { packets.append(packet) } }

    /// No more packets will come.
    func finish() { isFlushing = true }

    /// Whether all is there that the track has for a picture.
    ///
    /// - Parameters:
    ///   - time: of the picture, in seconds.
    ///   - tolerance: seconds.
    func isReady(for time: Double, within tolerance: Double) throws(CaptureError) -> Bool {
        try pictures.isReady(for: time, within: tolerance, decode)
    }

    /// The heat of the picture that was looked at last; nil: the track has none.
    func takeMap() -> Heatmap? {
        guard let samples = pictures.take() else { return nil }
        return grid.map(covering: region) { x, y in samples[y * grid.width + x] }
    }

    private func decode() throws(CaptureError) -> TimeMatch<[UInt8]>.Step {
        while true {
            switch decoder.receive(into: picture) {
            case .picture:
                defer { av_frame_unref(picture) }
                // FFmpeg makes up what a damaged packet lacks: a picture like that, or of another kind, counts as one that is not there.
                if !decoder.takeComplaint(), let time = knownTime(picture.pointee.best_effort_timestamp), let samples {
                    return .element(samples, at: Double(time) * av_q2d(timeBase))
                }
            case .end: return .end
            case .damaged(let error): if error.code == shim_error_out_of_memory { throw .outOfMemory }
            case .wantsPacket:
                if let next = packets.popFirst() {
                    defer { withExtendedLifetime(next) {} }
                    if decoder.send(next.av)?.code == shim_error_out_of_memory { throw .outOfMemory }
                } else if isFlushing {
                    _ = decoder.send(nil)
                } else {
                    return .nothingYet
                }
            }
        }
    }

    /// The picture's bytes as they were coded: of grey, and of the luma where a decoder adds chroma; nil if they are no heats.
    private var samples: [UInt8]? {
        guard Int(picture.pointee.width) == grid.width, Int(picture.pointee.height) == grid.height,
            let format = av_pix_fmt_desc_get(AVPixelFormat(rawValue: picture.pointee.format))?.pointee,
            format.flags & UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL) == 0,
            format.comp.0.depth == 8, format.comp.0.plane == 0, format.comp.0.step == 1, format.comp.0.offset == 0,
            format.comp.0.shift == 0, let start = shim_plane(picture, 0)
        else { return nil }
        let stride = Int(shim_bytes_per_row(picture, 0))
        return [UInt8](unsafeUninitializedCapacity: grid.width * grid.height) { samples, count in
            for y in 0..<grid.height {
                (samples.baseAddress! + y * grid.width).initialize(from: start + y * stride, count: grid.width)
            }
            count = grid.width * grid.height
        }
    }
}
