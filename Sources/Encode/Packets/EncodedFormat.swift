import CFFmpeg
import Pipeline

/// What a muxer or a decoder must know of an encoder's packets: codec, size, colour, headers, unit of time.
package final class EncodedFormat: @unchecked Sendable {  // safe: immutable after init
    /// Valid while this object lives. Headers are in `extradata`, and not in the packets.
    let parameters: UnsafeMutablePointer<AVCodecParameters>
    /// Unit of the packets' times, in seconds.
    let timeBase: AVRational
    /// What the source promises; 0/1: unknown.
    let frameRate: AVRational
    /// For the container to tell.
    let hdr: HDRMetadata?
    /// What the encoder does not keep of the pictures.
    let notes: [EncodeNote]

    /// - Parameter path: for errors.
    init(of encoder: VideoEncoder, notes: [EncodeNote], path: String) throws(EncodeError) {
        guard let parameters = avcodec_parameters_alloc() else {
            throw .encodingFailed(path: path, cause: .outOfMemory("avcodec_parameters_alloc"))
        }
        self.parameters = parameters
        timeBase = encoder.timeBase
        frameRate = encoder.context.pointee.framerate
        hdr = encoder.hdr
        self.notes = notes
        do {
            try FFmpegError.check(
                avcodec_parameters_from_context(parameters, encoder.context), "avcodec_parameters_from_context")
        } catch {
            throw .encodingFailed(path: path, cause: error)
        }
    }

    deinit {
        var dying: UnsafeMutablePointer<AVCodecParameters>? = parameters
        avcodec_parameters_free(&dying)
    }

    /// The codec's headers.
    var headers: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: parameters.pointee.extradata, count: Int(parameters.pointee.extradata_size))
    }

    /// Whether a file of packets of the one can go on with packets of the other.
    func continues(_ other: EncodedFormat) -> Bool {
        self === other
            || numbers == other.numbers && headers.elementsEqual(other.headers)
                && av_cmp_q(timeBase, other.timeBase) == 0 && hdr == other.hdr
    }

    private var numbers: [Int] {
        let all = parameters.pointee
        return [
            Int(all.codec_id.rawValue), Int(all.format), Int(all.width), Int(all.height),
            Int(all.sample_aspect_ratio.num), Int(all.sample_aspect_ratio.den), Int(all.color_range.rawValue),
            Int(all.color_space.rawValue), Int(all.color_primaries.rawValue), Int(all.color_trc.rawValue),
            Int(all.chroma_location.rawValue),
        ]
    }
}
