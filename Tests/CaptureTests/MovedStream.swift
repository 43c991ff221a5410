import CFFmpeg
import Pipeline

/// Copies a Matroska file so that all packets of one stream stand behind those of the others, with the times that they have.
func copy(_ path: String, movingBehind moved: Int32, to target: String) throws {
    func check(_ code: Int32) throws { try FFmpegError.check(code, "a copy for a test") }
    var input: UnsafeMutablePointer<AVFormatContext>?
    try check(avformat_open_input(&input, path, nil, nil))
    defer { avformat_close_input(&input) }
    try check(avformat_find_stream_info(input, nil))
    var output: UnsafeMutablePointer<AVFormatContext>?
    try check(avformat_alloc_output_context2(&output, nil, nil, target))
    defer { avformat_free_context(output) }
    guard let input, let output, let packet = av_packet_alloc() else {
        throw FFmpegError.outOfMemory("av_packet_alloc")
    }
    defer {
        var dying: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&dying)
    }
    av_dict_copy(&output.pointee.metadata, input.pointee.metadata, 0)
    for number in 0..<Int32(input.pointee.nb_streams) {
        guard let from = shim_stream(input, number), let to = avformat_new_stream(output, nil) else {
            throw FFmpegError.outOfMemory("avformat_new_stream")
        }
        try check(avcodec_parameters_copy(to.pointee.codecpar, from.pointee.codecpar))
        to.pointee.codecpar.pointee.codec_tag = 0
        to.pointee.time_base = from.pointee.time_base
    }
    try check(avio_open(&output.pointee.pb, target, AVIO_FLAG_WRITE))
    defer { avio_closep(&output.pointee.pb) }
    try check(avformat_write_header(output, nil))
    for isBehind in [false, true] {
        try check(av_seek_frame(input, -1, 0, AVSEEK_FLAG_BACKWARD))
        while av_read_frame(input, packet) >= 0 {
            defer { av_packet_unref(packet) }
            let number = packet.pointee.stream_index
            guard (number == moved) == isBehind, let from = shim_stream(input, number),
                let to = shim_stream(output, number)
            else { continue }
            av_packet_rescale_ts(packet, from.pointee.time_base, to.pointee.time_base)
            packet.pointee.pos = -1
            // Not interleaved.
            try check(av_write_frame(output, packet))
        }
    }
    try check(av_write_trailer(output))
}
