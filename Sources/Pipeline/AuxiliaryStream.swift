package import CFFmpeg

/// A stream of the input that goes to the output untouched (audio, subtitles, data, attachments): its codec's parameters
/// and its tags.
package final class AuxiliaryStream: @unchecked Sendable {  // safe: immutable after init
    /// Copies, valid while this object lives.
    package let parameters: UnsafeMutablePointer<AVCodecParameters>
    package let metadata: OpaquePointer?
    /// Unit of its packets' times, in seconds.
    package let timeBase: AVRational
    package let disposition: Int32
    /// Of pictures; 0/1: unknown, or none.
    package let frameRate: AVRational
    /// What belongs to the stream as a whole, such as the matrix by which players turn its pictures.
    package let sideData: [SideData]

    package struct SideData: Sendable {
        package let kind: AVPacketSideDataType
        package let bytes: [UInt8]
    }

    /// - Parameter timeBase: of packets whose times are not the stream's own.
    package init(copying stream: UnsafePointer<AVStream>, timeBase: AVRational? = nil) throws(FFmpegError) {
        guard let parameters = avcodec_parameters_alloc() else { throw .outOfMemory("avcodec_parameters_alloc") }
        self.parameters = parameters
        self.timeBase = timeBase ?? stream.pointee.time_base
        disposition = stream.pointee.disposition
        frameRate = stream.pointee.avg_frame_rate
        sideData = (0..<shim_stream_side_data_count(stream)).map { number in
            let piece = shim_stream_side_data_at(stream, number)
            return SideData(
                kind: piece.type, bytes: Array(UnsafeBufferPointer(start: piece.data, count: Int(piece.size))))
        }
        var copy: OpaquePointer?
        av_dict_copy(&copy, stream.pointee.metadata, 0)
        metadata = copy
        try FFmpegError.check(
            avcodec_parameters_copy(parameters, stream.pointee.codecpar), "avcodec_parameters_copy")
    }

    /// A video that no container tells of.
    package init(
        _ codec: AVCodecID, width: Int, height: Int, timeBase: AVRational, frameRate: AVRational
    ) throws(FFmpegError) {
        guard let parameters = avcodec_parameters_alloc() else { throw .outOfMemory("avcodec_parameters_alloc") }
        (parameters.pointee.codec_type, parameters.pointee.codec_id) = (AVMEDIA_TYPE_VIDEO, codec)
        (parameters.pointee.width, parameters.pointee.height) = (Int32(width), Int32(height))
        self.parameters = parameters
        (self.timeBase, self.frameRate) = (timeBase, frameRate)
        (metadata, disposition, sideData) = (nil, 0, [])
    }

    /// The same stream in another codec.
    package init(_ original: AuxiliaryStream, as codec: UnsafePointer<AVCodecContext>) throws(FFmpegError) {
        guard let parameters = avcodec_parameters_alloc() else { throw .outOfMemory("avcodec_parameters_alloc") }
        self.parameters = parameters
        timeBase = original.timeBase
        disposition = original.disposition
        (frameRate, sideData) = (original.frameRate, original.sideData)
        var copy: OpaquePointer?
        av_dict_copy(&copy, original.metadata, 0)
        metadata = copy
        try FFmpegError.check(avcodec_parameters_from_context(parameters, codec), "avcodec_parameters_from_context")
    }

    deinit {
        var dying: UnsafeMutablePointer<AVCodecParameters>? = parameters
        avcodec_parameters_free(&dying)
        var dictionary = metadata
        av_dict_free(&dictionary)
    }
}
