import CFFmpeg
package import Pipeline

/// A video that browsers play: the packets of a recording's video and sound as they are, the index in front, and the first
/// picture's time 0.
package final class BrowserVideo {
    /// How a recording's streams are put into a file for browsers.
    package struct Plan: Sendable, Equatable {
        /// With its dot.
        package let ending: String
        package let takesSound: Bool

        /// The codecs that any browser plays, and the containers in which they play them.
        ///
        /// MP4 wherever it can be: browsers follow its edit lists, and everybody has a player for it.
        ///
        /// - Returns: nil where no browser plays the video.
        package init?(video: AuxiliaryStream, sound: AuxiliaryStream?) {
            let (picture, voice) = (video.parameters.pointee.codec_id, sound?.parameters.pointee.codec_id)
            let inMP4 = [AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1]
            let inWebM = [AV_CODEC_ID_VP8, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1]
            let soundsInMP4 = [AV_CODEC_ID_AAC, AV_CODEC_ID_MP3, AV_CODEC_ID_OPUS, AV_CODEC_ID_FLAC]
            let soundsInWebM = [AV_CODEC_ID_OPUS, AV_CODEC_ID_VORBIS]
            let isWebM = picture == AV_CODEC_ID_VP8 || voice == AV_CODEC_ID_VORBIS && inWebM.contains(picture)
            guard (isWebM ? inWebM : inMP4).contains(picture) else { return nil }
            ending = isWebM ? ".webm" : ".mp4"
            takesSound = voice.map { (isWebM ? soundsInWebM : soundsInMP4).contains($0) } ?? false
        }
    }

    private let muxer: Muxer
    private let isWebM: Bool
    private let video: Copy
    private let sound: Copy?

    private struct Copy {
        let stream: Int
        let timeBase: AVRational
        /// Taken off each time.
        let start: Int64
    }

    /// Creates the file.
    ///
    /// - Parameters:
    ///   - path: with the plan's ending.
    ///   - start: the first shown picture's time, in the unit of the video's packets.
    package init(
        _ path: String, _ plan: Plan, video: AuxiliaryStream, sound: AuxiliaryStream?, start: Int64
    ) throws(EncodeError) {
        isWebM = plan.ending == ".webm"
        let muxer = try Muxer(try OutputPlan.container(path), temporaryPath: path, path: path)
        self.muxer = muxer
        // Apple's players want the tag that says that all headers stand in front.
        if video.parameters.pointee.codec_id == AV_CODEC_ID_HEVC { video.parameters.pointee.codec_tag = 0x3163_7668 }
        self.video = try Self.add(video, to: muxer, path, start: start)
        let second = plan.takesSound ? sound : nil
        self.sound = try second.map { sound throws(EncodeError) in
            try Self.add(sound, to: muxer, path, start: av_rescale_q(start, video.timeBase, sound.timeBase))
        }
        try muxer.start()
    }

    private static func add(
        _ stream: AuxiliaryStream, to muxer: Muxer, _ path: String, start: Int64
    ) throws(EncodeError) -> Copy {
        guard let number = try muxer.add(stream) else {
            throw .cannotKeep(stream.codecName, container: ".\(path.fileExtension)", fits: [])
        }
        return Copy(stream: number, timeBase: stream.timeBase, start: start)
    }

    /// Takes the next packet of the video. Those before the first picture go along where the container can say that they are not
    /// shown.
    package func writeVideo(_ packet: Packet) throws(EncodeError) { try write(packet, video) }

    /// Takes the next packet of the sound; it is left out where the plan says so.
    package func writeSound(_ packet: Packet) throws(EncodeError) {
        if let sound { try write(packet, sound) }
    }

    private func write(_ packet: Packet, _ copy: Copy) throws(EncodeError) {
        let av = packet.av
        if av.pointee.pts != shim_no_pts { av.pointee.pts -= copy.start }
        if av.pointee.dts != shim_no_pts { av.pointee.dts -= copy.start }
        // WebM has no edit list, and no times before 0.
        if isWebM, av.pointee.pts == shim_no_pts || av.pointee.pts < 0 { return }
        // What is damaged is left out: the browser shows the picture before it for longer.
        _ = try muxer.copy(av, stream: copy.stream, timeBase: copy.timeBase)
    }

    /// Completes the file.
    package func finish() throws(EncodeError) { try muxer.finish() }
}
