import CFFmpeg
import Pipeline

/// Demuxes and decodes: one input's pictures as the decoder gives them, in order of time.
final class FrameReader {
    let demuxer: Demuxer
    let stream: UnsafeMutablePointer<AVStream>
    let decoder: VideoDecoder
    let codecName: String
    /// None unless the settings ask for them.
    let auxiliaryStreams: [AuxiliaryStream]
    let packets = PacketQueue()
    /// Packets of the streams that were asked for beside all others; `stream_index` is the number in the file.
    let beside = PacketQueue()
    /// nil: the video's packets are for the decoder alone.
    let original: OriginalVideo?
    /// nil: the same, or the input is not live.
    let tap: PacketTap?
    /// The sound of a live input; nil: it has none, or nobody wants it.
    let soundTap: PacketTap?
    /// Whether packets have the sender's times, and not some that libavformat makes up.
    let hasTimes: Bool
    /// Mean, in frames a second; 0/1 if unknown.
    let frameRate: AVRational
    private(set) var framesRead = 0
    private(set) var endedEarly = false
    /// Packets of the video.
    private(set) var videoPackets = 0
    /// Why reading ended; nil: it did not, or it came to the end.
    private(set) var readError: FFmpegError?
    var warnings: [CaptureWarning] = []

    private var auxiliaryOfStream: [Int32: Int]
    /// The streams that go with the video. They are read even if nobody wants them: a recording may last as long as its sound.
    private let others: [AuxiliaryStream]
    private let streamsBeside: StreamsBeside
    private let sound: UnsafeMutablePointer<AVStream>?
    private let packet: UnsafeMutablePointer<AVPacket>
    /// Packets of the video that were read before the decoder wanted them.
    private var ahead = PacketRow()
    /// Set once the demuxer has come to its end.
    private var ending: Ending?
    private let picture: UnsafeMutablePointer<AVFrame>
    private var clock: PacketClock
    /// Of a live input, by which its pictures are timed, instead of `clock` and `timeline`.
    private var arrivals: ArrivalClock?
    private let system: any SystemClock
    /// Microseconds that reading took since the last picture of a live input.
    private var readingTime: Int64 = 0
    /// How long the last picture of a live input had to be waited for, in microseconds.
    private(set) var lastWait: Int64 = 0
    private var timeline: Timeline
    private let end: DeclaredEnd
    /// What is passed over where only some pictures are wanted.
    var leap: Leap
    private let counters = SourceCounters()
    /// Decoding times of packets that the demuxer has marked as corrupt, so that their pictures are not counted again.
    private var marked: Set<Int64> = []
    /// Where parts that have not come out of the decoder yet begin, in the stream's time base.
    private var partStarts: [Int64] = []
    private var part = 0
    private var jumps = 0
    /// Seconds: where the last packet of all streams ends.
    private var reached = 0.0
    private var isFlushing = false
    private(set) var isInterrupted = false
    /// What the decoder said of the last packet that it could not use.
    private var lastError: FFmpegError?
    /// The first one that says that the decoder lacks something.
    private var lack: FFmpegError?
    /// Beginning of the first packet.
    private var head: [UInt8] = []

    /// Why there are no more packets; nil: all were read.
    private struct Ending {
        let error: FFmpegError?
    }

    /// - Parameter isKnownLive: whether the input was found to be live before.
    convenience init(
        _ config: CaptureConfig, _ watch: CallWatch, _ system: any SystemClock, isKnownLive: Bool = false
    ) throws(CaptureError) {
        try self.init(Demuxer(config, watch, isKnownLive: isKnownLive), config, system)
    }

    /// - Parameters:
    ///   - demuxer: of which nothing was read yet.
    ///   - streamsBeside: what is read for others, and what is not to be read.
    init(
        _ demuxer: Demuxer, _ config: CaptureConfig, _ system: any SystemClock,
        beside streamsBeside: StreamsBeside = StreamsBeside()
    ) throws(CaptureError) {
        self.demuxer = demuxer
        self.streamsBeside = streamsBeside
        let isLive = demuxer.isLive
        let choice = try StreamChoice(
            demuxer, number: config.videoStream, takesAuxiliaryStreams: !isLive,
            takesVideos: config.keepsVideo && config.takesAuxiliaryStreams,
            takesSound: config.takesSound && isLive, beside: streamsBeside)
        stream = choice.video
        sound = choice.sound
        others = choice.auxiliaryStreams
        auxiliaryStreams = config.takesAuxiliaryStreams ? choice.auxiliaryStreams : []
        auxiliaryOfStream = choice.auxiliaryOfStream
        let start = knownTime(demuxer.context.pointee.start_time)
        if config.keepsVideo, !isLive {
            do {
                original = OriginalVideo(
                    stream: try AuxiliaryStream(copying: stream), position: others.count, start: start ?? 0)
            } catch {
                throw .outOfMemory
            }
        } else {
            original = nil
        }
        warnings = config.takesAuxiliaryStreams ? choice.leftOut : []
        codecName = String(cString: avcodec_get_name(stream.pointee.codecpar.pointee.codec_id))
        do {
            decoder = try VideoDecoder(
                choice.decoder, stream, threads: config.decoderThreads, isLive: isLive)
        } catch {
            throw .decoderFailed(input: demuxer.location.name, codec: codecName, cause: error)
        }
        hasTimes = Self.hasTimes(demuxer)
        do {
            tap = config.keepsVideo && isLive ? try PacketTap(of: stream, hasTimes: hasTimes) : nil
            if let sound = choice.sound {
                soundTap = try PacketTap(of: sound, hasTimes: hasTimes)
            } else {
                soundTap = nil
            }
        } catch {
            throw .outOfMemory
        }
        let rates = isLive && !hasTimes ? [] : [stream.pointee.avg_frame_rate, stream.pointee.r_frame_rate]
        frameRate = rates.first { $0.num > 0 && $0.den > 0 } ?? AVRational(num: 0, den: 1)
        self.system = system
        arrivals = isLive ? ArrivalClock(timeBase: hasTimes ? stream.pointee.time_base : nil, system) : nil
        clock = PacketClock(
            start: start, mayJump: demuxer.formatFlags & AVFMT_TS_DISCONT != 0)
        timeline = Timeline(timeBase: stream.pointee.time_base, frameRate: frameRate)
        end = DeclaredEnd(demuxer, stream)
        // Whoever wants packets wants all of them.
        let wantsPackets = original != nil || config.takesAuxiliaryStreams || !streamsBeside.wanted.isEmpty
        leap = Leap(stream, start: start, index: wantsPackets ? nil : KeyIndex(demuxer, stream))
        guard let packet = av_packet_alloc() else { throw .outOfMemory }
        self.packet = packet
        guard let picture = av_frame_alloc() else {
            var dying: UnsafeMutablePointer<AVPacket>? = packet
            av_packet_free(&dying)
            throw .outOfMemory
        }
        self.picture = picture
    }

    deinit {
        var dyingPacket: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&dyingPacket)
        var dyingPicture: UnsafeMutablePointer<AVFrame>? = picture
        av_frame_free(&dyingPicture)
    }

    /// The next picture, untouched; nil at the end, after an interrupt, or when the time is over.
    ///
    /// A live input's pictures have times of the monotonic clock, in microseconds.
    func next() throws(CaptureError) -> Frame? {
        while !isInterrupted {
            switch decoder.receive(into: picture) {
            case .picture where try passesOver(picture): av_frame_unref(picture)
            case .picture: return try takePicture()
            case .end where leap.landing != nil: try startAgain()
            case .wantsPacket where !isFlushing: try feedDecoder()
            case .damaged(let error): try noteDamage(error)
            case .end, .wantsPacket:
                if framesRead == 0 { throw nothingDecoded() }
                return nil
            }
        }
        if framesRead == 0 { throw .interrupted }
        return nil
    }

    /// Reads a packet before the decoder wants one, so that what the file has behind it comes by: in `beside`.
    ///
    /// - Returns: false at the end, or if too much is waiting already.
    func readAhead() throws(CaptureError) -> Bool {
        guard ending == nil, !isInterrupted, !ahead.isFull else { return false }
        if try readPacket() {
            defer { av_packet_unref(packet) }
            guard let av = av_packet_clone(packet) else { throw .outOfMemory }
            ahead.append(Packet(adopting: av))
        }
        return true
    }

    /// Whether all packets were read.
    var isAtEnd: Bool { ending != nil }

    /// The video's packet that the decoder gets next, if it was read already.
    var firstAhead: Packet? { ahead.first }

    /// Whether reading may go on elsewhere: where times jump, those of an index are not those that are given out.
    var canLeap: Bool { jumps == 0 && ending == nil && !isInterrupted }

    /// Forgets what was read and decoded: reading goes on elsewhere.
    func forgetPosition() {
        decoder.restart()
        ahead = PacketRow()
        (ending, isFlushing) = (nil, false)
        marked = []
        clock.forgetPosition()
        timeline.forget()
    }

    /// Reads no further.
    func end(_ error: FFmpegError) { ending = Ending(error: error) }

    /// Stops reading an auxiliary stream's packets.
    func leaveOut(auxiliary: Int) {
        for (number, position) in auxiliaryOfStream where position == auxiliary {
            demuxer.streams[Int(number)].pointee.discard = AVDISCARD_ALL
            auxiliaryOfStream[number] = nil
        }
    }

    /// Packets that were marked as corrupt, could not be decoded, or gave a picture with parts made up.
    var corruptPackets: Int { max(counters.corrupt, decoder.hasComplained ? 1 : 0) }
    /// Packets of which no picture could be made. Any thread may ask.
    var damagedPackets: Int { counters.damaged }

    /// Counts a picture that looks like none of this video's.
    func countUnusablePicture() {
        counters.corrupt += 1
        counters.damaged += 1
    }

    func countCorruptPacket() { counters.corrupt += 1 }

    private static func hasTimes(_ demuxer: Demuxer) -> Bool {
        demuxer.formatFlags & AVFMT_NOTIMESTAMPS == 0 && !["h264", "hevc", "m4v"].contains(demuxer.formatName)
    }

    private func nothingDecoded() -> CaptureError {
        let name = demuxer.location.name
        // What cannot seek back has read past the pictures when it meets the index.
        if videoPackets == 0 && demuxer.formatName.contains("mp4") && demuxer.context.pointee.pb?.pointee.seekable == 0
        {
            return .indexComesLast(input: name)
        }
        if let reason = Undecodable(head: head) { return .cannotDecode(input: name, reason) }
        if let reason = decoder.unsupported ?? lack?.description {
            return .cannotDecode(input: name, .feature(codec: codecName, reason: reason))
        }
        return .nothingDecoded(input: name, packets: videoPackets, cause: lastError)
    }

    private func takePicture() throws(CaptureError) -> Frame {
        guard let av = av_frame_alloc() else { throw .outOfMemory }
        av_frame_move_ref(av, picture)
        let stamp = knownTime(av.pointee.best_effort_timestamp)
        // The decoder has hidden the damage as well as it could: better shown than left out, but to be told.
        let damage =
            FF_DECODE_ERROR_INVALID_BITSTREAM | FF_DECODE_ERROR_CONCEALMENT_ACTIVE | FF_DECODE_ERROR_DECODE_SLICES
        if av.pointee.decode_error_flags & damage != 0 && !marked.contains(av.pointee.pkt_dts) { countCorruptPacket() }
        // How it was coded is no hint for how to code what is made of it.
        av.pointee.pict_type = AV_PICTURE_TYPE_NONE
        defer { framesRead += 1 }
        arrivals?.follow(system)
        if let arrivals {
            lastWait = readingTime
            readingTime = 0
            let taken = arrivals.time(
                ofPTS: stamp, now: system.monotonicTime)
            return Frame(
                adopting: av, index: framesRead, pts: taken.monotonic, duration: 0, timeBase: LiveTimeline.timeBase,
                captured: taken)
        }
        let (pts, duration) = timeline.place(
            pts: stamp, duration: shim_frame_duration(av))
        av.pointee.pts = pts
        shim_set_frame_duration(av, duration)
        while let start = partStarts.first, pts >= start {
            partStarts.removeFirst()
            part += 1
        }
        return Frame(
            adopting: av, index: framesRead, pts: pts, duration: duration, timeBase: stream.pointee.time_base,
            part: part)
    }

    /// Hands the next packet of the video to the decoder, or tells it that there are no more.
    private func feedDecoder() throws(CaptureError) {
        if let next = ahead.popFirst() {
            defer { withExtendedLifetime(next) {} }
            return try decode(next.av)
        }
        while ending == nil, !isInterrupted {
            if try readPacket() {
                defer { av_packet_unref(packet) }
                return try decode(packet)
            }
        }
        if let ending { finish(ending.error) }
    }

    /// Reads a packet of any stream.
    ///
    /// - Returns: whether it is the video's, and waits in `packet`; others are on their way.
    private func readPacket() throws(CaptureError) -> Bool {
        let start = arrivals == nil ? 0 : system.monotonicTime
        let step = demuxer.read(into: packet)
        if arrivals != nil { readingTime += system.monotonicTime - start }
        switch step {
        case .packet:
            let number = packet.pointee.stream_index
            if number == stream.pointee.index {
                do {
                    try takeVideoPacket()
                } catch {
                    av_packet_unref(packet)
                    throw error
                }
                return true
            }
            defer { av_packet_unref(packet) }
            if let auxiliary = auxiliaryOfStream[number] {
                try passOn(auxiliary)
            } else if let sound, number == sound.pointee.index {
                try passSound(sound)
            } else if streamsBeside.wanted.contains(number) {
                try passBeside()
            }
        case .interrupted: isInterrupted = true
        case .end: ending = Ending(error: nil)
        case .failed(let error): ending = Ending(error: error)
        }
        return false
    }

    private func takeVideoPacket() throws(CaptureError) {
        videoPackets += 1
        if videoPackets == 1 { try look(at: packet) }
        leap.note(packet)
        if arrivals == nil {
            let (timeBase, bits) = (stream.pointee.time_base, stream.pointee.pts_wrap_bits)
            if let jump = clock.shift(packet, timeBase, AVMEDIA_TYPE_VIDEO, wrapBits: bits) { note(jump) }
        } else {
            let now = system.monotonicTime
            arrivals?.note(pts: knownTime(packet.pointee.pts) ?? knownTime(packet.pointee.dts), arrival: now)
            if let arrivals, let tap {
                let due = knownTime(packet.pointee.dts) ?? knownTime(packet.pointee.pts)
                do {
                    try tap.pass(packet, at: arrivals.time(ofPTS: due, now: now))
                } catch {
                    throw .outOfMemory
                }
            }
        }
        noteEnd(of: packet, stream.pointee.time_base)
        if let original { try handOn(packet, as: original.position) }
    }

    private func decode(_ packet: UnsafeMutablePointer<AVPacket>) throws(CaptureError) {
        let use = leap.use(of: packet)
        guard use != .none else { return }
        decoder.leavesOutUnreferenced = use == .others
        let isMarked = packet.pointee.flags & AV_PKT_FLAG_CORRUPT != 0
        if isMarked {
            countCorruptPacket()
            marked.insert(packet.pointee.dts)
            if marked.count > 100 { marked = [packet.pointee.dts] }
        }
        // A marked packet, too: the decoder may make something of it.
        if let error = decoder.send(packet) { try noteDamage(error, isCounted: isMarked) }
    }

    /// Begins another part with the packet that was read.
    private func note(_ jump: PacketClock.Jump) {
        if let start = knownTime(packet.pointee.pts) ?? knownTime(packet.pointee.dts) { partStarts.append(start) }
        jumps += 1
        if jumps <= Self.jumpsToTell { warnings.append(.timesJump(at: jump.at, by: jump.by)) }
    }

    /// Broken recordings may jump at every packet.
    private static let jumpsToTell = 5

    private func noteDamage(_ error: FFmpegError, isCounted: Bool = false) throws(CaptureError) {
        if error.code == shim_error_out_of_memory { throw .outOfMemory }
        // What comes first after a leap may refer to what was not read.
        if leap.landing != nil { return }
        if !isCounted { countCorruptPacket() }
        counters.damaged += 1
        lastError = error
        if error.isLackOfFeature { lack = lack ?? error }
    }

    /// What the first packet tells, before its pictures would be noise.
    private func look(at packet: UnsafeMutablePointer<AVPacket>) throws(CaptureError) {
        head = Array(UnsafeBufferPointer(start: packet.pointee.data, count: min(Int(packet.pointee.size), 32)))
        if av_packet_get_side_data(packet, AV_PKT_DATA_ENCRYPTION_INFO, nil) != nil {
            throw .cannotDecode(input: demuxer.location.name, .encrypted)
        }
    }

    private func passOn(_ auxiliary: Int) throws(CaptureError) {
        let target = others[auxiliary]
        clock.shift(
            packet, target.timeBase, target.parameters.pointee.codec_type,
            wrapBits: demuxer.streams[Int(packet.pointee.stream_index)].pointee.pts_wrap_bits)
        noteEnd(of: packet, target.timeBase)
        if !auxiliaryStreams.isEmpty { try handOn(packet, as: auxiliary) }
    }

    private func passSound(_ sound: UnsafeMutablePointer<AVStream>) throws(CaptureError) {
        guard let arrivals, let soundTap else { return }
        let time = (knownTime(packet.pointee.pts) ?? knownTime(packet.pointee.dts)).map {
            av_rescale_q($0, sound.pointee.time_base, stream.pointee.time_base)
        }
        do {
            try soundTap.pass(packet, at: arrivals.time(ofPTS: time, now: system.monotonicTime))
        } catch {
            throw .outOfMemory
        }
    }

    private func passBeside() throws(CaptureError) {
        let source = demuxer.streams[Int(packet.pointee.stream_index)]
        clock.shift(
            packet, source.pointee.time_base, source.pointee.codecpar.pointee.codec_type,
            wrapBits: source.pointee.pts_wrap_bits, isForMuxer: false)
        noteEnd(of: packet, source.pointee.time_base)
        guard let av = av_packet_clone(packet) else { throw .outOfMemory }
        beside.append(Packet(adopting: av))
    }

    private func handOn(_ packet: UnsafeMutablePointer<AVPacket>, as position: Int) throws(CaptureError) {
        guard let av = av_packet_clone(packet) else { throw .outOfMemory }
        av.pointee.stream_index = Int32(position)
        packets.append(Packet(adopting: av))
    }

    private func noteEnd(of packet: UnsafeMutablePointer<AVPacket>, _ timeBase: AVRational) {
        guard let time = knownTime(packet.pointee.pts) ?? knownTime(packet.pointee.dts) else { return }
        reached = max(reached, Double(time + (knownTime(packet.pointee.duration) ?? 0)) * av_q2d(timeBase))
    }

    /// No more packets: the decoder gives out what it still holds.
    private func finish(_ error: FFmpegError?) {
        isFlushing = true
        _ = decoder.send(nil)
        readError = error
        if demuxer.isLive { return }
        if jumps > Self.jumpsToTell { warnings.append(.timesJumpOften(count: jumps - Self.jumpsToTell)) }
        // A length that a file declares is that from its first time stamp to its last one.
        let end = jumps == 0 ? end : end.withoutDuration
        if error != nil || !leap.hasLeapt && end.isMissed(packets: videoPackets, reached: reached) {
            endedEarly = true
            lastError = lastError ?? error
            warnings.append(.endedEarly(at: reached, of: end.duration, cause: error))
        }
    }
}
