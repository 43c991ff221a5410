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
    /// What belongs to the video as a whole, such as the matrix by which players turn its pictures.
    let sideData: [AuxiliaryStream.SideData]
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
        sideData = []
        do {
            try FFmpegError.check(
                avcodec_parameters_from_context(parameters, encoder.context), "avcodec_parameters_from_context")
        } catch {
            throw .encodingFailed(path: path, cause: error)
        }
    }

    /// A video that somebody else has encoded.
    ///
    /// - Parameters:
    ///   - headers: that hold from now on; nil: those that it was found with.
    ///   - size: of its pictures; nil: as it was found.
    init(
        of stream: AuxiliaryStream, headers: [UInt8]?, size: (width: Int32, height: Int32)?
    ) throws(FFmpegError) {
        guard let parameters = avcodec_parameters_alloc() else { throw .outOfMemory("avcodec_parameters_alloc") }
        self.parameters = parameters
        (timeBase, frameRate) = (stream.timeBase, stream.frameRate)
        (hdr, notes, sideData) = (nil, [], stream.sideData)
        try FFmpegError.check(
            avcodec_parameters_copy(parameters, stream.parameters), "avcodec_parameters_copy")
        // Another container has other tags for the same codec.
        parameters.pointee.codec_tag = 0
        if let size { (parameters.pointee.width, parameters.pointee.height) = size }
        guard let headers else { return }
        // FFmpeg's readers may look a little beyond the end.
        guard let copy = av_mallocz(headers.count + Int(AV_INPUT_BUFFER_PADDING_SIZE)) else {
            throw .outOfMemory("av_mallocz")
        }
        copy.copyMemory(from: headers, byteCount: headers.count)
        av_freep(&parameters.pointee.extradata)
        parameters.pointee.extradata = copy.assumingMemoryBound(to: UInt8.self)
        parameters.pointee.extradata_size = Int32(headers.count)
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
