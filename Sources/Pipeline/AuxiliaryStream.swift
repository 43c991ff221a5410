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

    package init(copying stream: UnsafePointer<AVStream>) throws(FFmpegError) {
        guard let parameters = avcodec_parameters_alloc() else { throw .outOfMemory("avcodec_parameters_alloc") }
        self.parameters = parameters
        timeBase = stream.pointee.time_base
        disposition = stream.pointee.disposition
        var copy: OpaquePointer?
        av_dict_copy(&copy, stream.pointee.metadata, 0)
        metadata = copy
        try FFmpegError.check(
            avcodec_parameters_copy(parameters, stream.pointee.codecpar), "avcodec_parameters_copy")
    }

    /// The same stream in another codec.
    package init(_ original: AuxiliaryStream, as codec: UnsafePointer<AVCodecContext>) throws(FFmpegError) {
        guard let parameters = avcodec_parameters_alloc() else { throw .outOfMemory("avcodec_parameters_alloc") }
        self.parameters = parameters
        timeBase = original.timeBase
        disposition = original.disposition
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
