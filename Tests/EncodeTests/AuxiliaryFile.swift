import CFFmpeg
import Pipeline

/// The audio and subtitle streams of a file, and all their packets, as a source hands them on.
struct AuxiliaryFile {
    private(set) var auxiliaryStreams: [AuxiliaryStream] = []
    private(set) var packets: [Packet] = []

    init(_ path: String) throws {
        var context: UnsafeMutablePointer<AVFormatContext>?
        try FFmpegError.check(avformat_open_input(&context, path, nil, nil), "avformat_open_input")
        defer { avformat_close_input(&context) }
        let input = context!
        try FFmpegError.check(avformat_find_stream_info(input, nil), "avformat_find_stream_info")
        var positions: [Int32: Int32] = [:]
        for number in 0..<Int32(input.pointee.nb_streams) {
            let stream: UnsafeMutablePointer<AVStream> = shim_stream(input, number)
            guard stream.pointee.codecpar.pointee.codec_type != AVMEDIA_TYPE_VIDEO else { continue }
            positions[number] = Int32(auxiliaryStreams.count)
            auxiliaryStreams.append(try AuxiliaryStream(copying: stream))
        }
        while true {
            let packet = Packet(adopting: av_packet_alloc())
            guard av_read_frame(input, packet.av) >= 0 else { return }
            guard let position = positions[packet.av.pointee.stream_index] else { continue }
            packet.av.pointee.stream_index = position
            packets.append(packet)
        }
    }

    /// A queue that holds all packets.
    func queue() -> PacketQueue {
        let queue = PacketQueue()
        for packet in packets { queue.append(Packet(adopting: av_packet_clone(packet.av))) }
        return queue
    }

    /// Presentation times in seconds, and contents, of one auxiliary stream's packets.
    func contents(_ position: Int) -> [(time: Double, bytes: [UInt8])] {
        packets.filter { $0.av.pointee.stream_index == Int32(position) }.map { packet in
            let contents = packet.av.pointee
            return (
                Double(contents.pts) * av_q2d(auxiliaryStreams[position].timeBase),
                [UInt8](UnsafeBufferPointer(start: contents.data, count: Int(contents.size)))
            )
        }
    }
}
