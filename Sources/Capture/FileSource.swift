import CFFmpeg
import Kept
package import Pipeline

/// A recording, a picture, numbered pictures, an address or standard input, as frames that are all alike.
///
/// Reads one packet at a time as frames are asked for, and is used from one thread at a time.
package final class FileSource: FrameSource, @unchecked Sendable {  // safe: one thread; what it shares is thread-safe
    /// Of all frames.
    package let format: VideoFormat
    /// The audio, subtitle and data streams and the attachments that go with the video.
    package let auxiliaryStreams: [AuxiliaryStream]
    /// Their packets, as they are met between those of the video; `stream_index` is the position in `auxiliaryStreams`.
    package let packets: PacketQueue
    package var original: OriginalVideo? { isStill || isSequence ? nil : reader.original }
    /// The container's tags (title, artist ...), without those that are about the file itself.
    package let metadata: [String: String]
    /// The video stream's language and title, and the time code of its first picture.
    package let videoMetadata: [String: String]
    package let chapters: [Chapter]
    /// The input's name for messages, without passwords.
    package let name: String
    /// FFmpeg's names of the container's format and the video's codec.
    package let formatName: String
    package let codecName: String
    /// Seconds: the file's own time of its first frame (frames come out shifted to 0), and the video's length. nil: unknown.
    package let startTime: Double?
    package let duration: Double?
    /// For progress; nil: unknown.
    package let frameCountEstimate: Int?
    /// Whether the input is a file with one picture.
    package let isStill: Bool
    /// Whether the input is a row of numbered pictures.
    package let isSequence: Bool

    private let reader: FrameReader
    private let normaliser: FormatNormaliser
    /// Decoded at the start, to know its format.
    private var first: Frame?
    private var warnings: [CaptureWarning] = []
    private var isInterlaced = false

    /// Opens the input and decodes its first picture.
    ///
    /// - Parameter interrupt: ends a blocking read; `next()` then returns nil.
    package convenience init(_ config: CaptureConfig, interrupt: Interrupt) throws(CaptureError) {
        let clock = LinuxClock()
        try self.init(FrameReader(config, CallWatch(interrupt, clock), clock))
    }

    /// Decodes the first picture of an opened input.
    ///
    /// - Parameter chroma: whether that of YUV keeps its resolution.
    init(_ reader: FrameReader, chroma: NormalisedFormat.Chroma = .kept) throws(CaptureError) {
        guard let first = try reader.next() else { throw .interrupted }
        var facts = SourceFacts(reader)
        facts.chroma = chroma
        let normaliser = try FormatNormaliser(first: first, facts)
        let demuxer = reader.demuxer
        self.reader = reader
        self.normaliser = normaliser
        self.first = consume first
        format = normaliser.format
        auxiliaryStreams = reader.auxiliaryStreams
        packets = reader.packets
        name = demuxer.location.name
        formatName = demuxer.formatName
        codecName = reader.codecName
        metadata = containerTags(demuxer.context.pointee.metadata)
        // The rest is about the coding, which will be another.
        videoMetadata = containerTags(reader.stream.pointee.metadata).filter { ["language", "title"].contains($0.key) }
            .merging(demuxer.timecode.map { ["timecode": $0] } ?? [:]) { $1 }
        chapters = demuxer.chapters
        startTime = knownTime(demuxer.context.pointee.start_time).map { Double($0) / Double(AV_TIME_BASE) }
        let isPicture = formatName.hasSuffix("_pipe") || formatName == "image2"
        var sequence: ImageSequence?
        if case .sequence(let found) = demuxer.location { sequence = found }
        isSequence = sequence != nil
        if case .file = demuxer.location { isStill = isPicture } else { isStill = false }
        duration = isStill ? nil : secondsOfVideo(demuxer, reader.stream)
        frameCountEstimate = isStill ? 1 : sequence?.count ?? estimatedFrames(reader, duration)
        if let missing = sequence?.missing { warnings.append(.missingPicture(name: missing)) }
        if let matrix = shim_display_matrix(reader.stream), let angle = Orientation.oddAngle(of: matrix) {
            warnings.append(.oddRotation(degrees: angle))
        }
    }

    /// The next frame in order of time; nil at the end and after an interrupt.
    ///
    /// A frame that needed no change lies in the decoder's memory, which may still refer to it: don't draw on it.
    package func next() throws(CaptureError) -> Frame? { try next(from: -.infinity) }

    /// The next frame that comes at a time or later, as `next()` would come to it; what lies between is passed over as far as the
    /// file allows it.
    ///
    /// - Parameter seconds: not before that of the last call.
    package func next(from seconds: Double) throws(CaptureError) -> Frame? {
        while let picture = try nextPicture(from: seconds) {
            if shim_is_interlaced(picture.av) != 0 && !isInterlaced {
                isInterlaced = true
                warnings.append(.interlaced)
            }
            let isFirst = picture.index == 0
            do {
                return try normaliser.normalise(picture)
            } catch .cannotConvert where !isFirst {
                // Damage may make a picture look like anything.
                reader.countUnusablePicture()
            }
        }
        return nil
    }

    private func nextPicture(from seconds: Double) throws(CaptureError) -> Frame? {
        if let picture = first.take(), picture.seconds >= seconds { return picture }
        return seconds == -.infinity ? try reader.next() : try reader.next(from: seconds)
    }

    /// Stops reading an auxiliary stream's packets, so that they don't pile up: the output has no use for them.
    package func leaveOut(auxiliary: Int) { reader.leaveOut(auxiliary: auxiliary) }

    /// Pictures decoded so far.
    package var framesRead: Int { reader.framesRead }

    /// Packets of the video that could not be decoded, and were skipped, or only with parts of the picture made up.
    package var corruptPackets: Int { reader.corruptPackets }

    package var drops: [String: Int] { ["damaged": reader.damagedPackets] }

    /// Whether reading failed, or the input ended before its declared length. Known once `next()` has returned nil.
    package var endedEarly: Bool { reader.endedEarly }

    /// The warnings since the last call.
    package func takeWarnings() -> [CaptureWarning] {
        defer {
            warnings = []
            reader.warnings = []
            normaliser.warnings = []
        }
        let refused = reader.demuxer.takeRefusedFile().map { [CaptureWarning.fileLeftOut(name: $0)] } ?? []
        return warnings + refused + reader.warnings + normaliser.warnings
    }
}

/// Tags for a copy: not those by which a container describes its own file, or what tracks of heat it has.
private func containerTags(_ dictionary: OpaquePointer?) -> [String: String] {
    metadataTags(dictionary, without: containersOwnTags.union(["timecode"])).filter { !KeptFacts.isLine($0.value) }
}

private func estimatedFrames(_ reader: FrameReader, _ duration: Double?) -> Int? {
    let counted = Int(reader.stream.pointee.nb_frames)
    if counted > 0 { return counted }
    guard let duration, reader.frameRate.num > 0 else { return nil }
    let frames = duration * av_q2d(reader.frameRate)
    return frames.isFinite && frames < 1e12 ? max(1, Int(frames.rounded())) : nil
}
