import CFFmpeg
import Pipeline

/// The packets of one connection to a live video, made ready for a reader: with their format, and with times that muxers take.
struct CopiedRun: @unchecked Sendable {  // safe: the relay uses it under its lock
    let stream: AuxiliaryStream
    private let head: PacketHead
    private var format: EncodedFormat
    private var headers: [UInt8]?
    private var size: (width: Int32, height: Int32)?
    private var clock: FragmentClock
    /// Of the packet before, in the stream's unit.
    private var lastDecoding: Int64?

    /// Seconds: a step ahead that is none of a rate, but of the sender's clock.
    private static let largestStep = 10.0

    init(_ stream: AuxiliaryStream) throws(FFmpegError) {
        self.stream = stream
        head = try PacketHead(stream)
        format = try EncodedFormat(of: stream, headers: nil, size: nil)
        clock = FragmentClock(interval: stream.frameRate.microseconds)
    }

    /// - Parameters:
    ///   - packet: gets times and flags; its bytes stay as they are.
    ///   - stamp: when it is due for decoding.
    mutating func packet(
        _ packet: UnsafeMutablePointer<AVPacket>, _ stamp: PictureStamp
    ) throws(FFmpegError) -> EncodedPacket {
        let facts = try head.facts(packet)
        let jumps = setTimes(of: packet)
        let isOther = facts.isKey && isOther(facts)
        if isOther || jumps {
            headers = facts.headers ?? headers
            size = facts.size ?? size
            format = try EncodedFormat(of: stream, headers: headers, size: size)
        }
        packet.pointee.flags = facts.isKey ? packet.pointee.flags | AV_PKT_FLAG_KEY : packet.pointee.flags
        return try EncodedPacket(
            copying: packet, format, stamp, isKey: facts.isKey, beginsFragment: clock.begins(at: stamp.time))
    }

    /// Whether a decoder must be told anew, and so a file.
    private func isOther(_ facts: PacketHead.Facts) -> Bool {
        if let found = facts.headers, !format.headers.elementsEqual(found) { return true }
        guard let found = facts.size else { return false }
        return found != (format.parameters.pointee.width, format.parameters.pointee.height)
    }

    /// Gives the packet what it lacks: decoding times that rise, and none behind the picture's own.
    ///
    /// - Returns: whether the sender's clock has jumped.
    private mutating func setTimes(of packet: UnsafeMutablePointer<AVPacket>) -> Bool {
        let known = { (time: Int64) in time == shim_no_pts ? nil : time }
        let (shown, decoded) = (known(packet.pointee.pts), known(packet.pointee.dts))
        let next = lastDecoding.map { $0 + 1 } ?? 0
        // Some senders tell no decoding times; where pictures are reordered, all that is known is that they rise.
        let isReordered = stream.parameters.pointee.video_delay > 0
        var time = decoded ?? shown.map { isReordered && lastDecoding != nil ? min($0, next) : $0 } ?? next
        var jumps = false
        if let last = lastDecoding {
            let step = Double(time - last) * av_q2d(stream.timeBase)
            jumps = step < -1 || step > Self.largestStep
            if !jumps { time = max(time, next) }
        }
        lastDecoding = time
        packet.pointee.dts = time
        packet.pointee.pts = max(shown ?? time, time)
        return jumps
    }
}
