package import CFFmpeg

/// A stream of the input that goes to the output untouched (audio, subtitles): its codec's parameters and its tags.
package final class Companion: @unchecked Sendable {  // safe: immutable after init
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

    deinit {
        var dying: UnsafeMutablePointer<AVCodecParameters>? = parameters
        avcodec_parameters_free(&dying)
        var dictionary = metadata
        av_dict_free(&dictionary)
    }
}
