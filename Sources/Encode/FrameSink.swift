package import Pipeline

/// Where the pictures go: a file, or many.
package protocol FrameSink: AnyObject, Sendable {
    /// What the output does not have as the input has it; complete after `finish`.
    var notes: [EncodeNote] { get }

    /// Takes the next picture. Its format is the one that the sink was opened with.
    ///
    /// - Throws: `EncodeError`, such as `.diskFull`; the unfinished file is removed, and the sink takes no more.
    func write(_ frame: consuming Frame) throws(EncodeError)

    /// Completes the output and gives it its final name.
    func finish() throws(EncodeError)

    /// Gives up: the unfinished file is removed. So it is when the sink dies without `finish`.
    func abandon()
}

/// Tags of the input that the output is to bear, such as "title", and its chapters.
package struct OutputMetadata: Sendable, Equatable {
    /// Of the whole file, and of its video stream.
    package var container: [String: String]
    package var video: [String: String]
    package var chapters: [Chapter]

    package init(
        container: [String: String] = [:], video: [String: String] = [:], chapters: [Chapter] = []
    ) {
        self.container = container
        self.video = video
        self.chapters = chapters
    }
}

/// Opens the output that the settings name: a video, a picture, or a sequence of pictures.
///
/// - Parameters:
///   - format: of all pictures that will come.
///   - auxiliaryStreams: streams to be copied; `packets` brings their packets.
/// - Throws: `EncodeError` if the output cannot be created or the codec refuses the format.
package func openSink(
    _ config: EncodeConfig, format: VideoFormat, auxiliaryStreams: [AuxiliaryStream] = [],
    packets: PacketQueue = PacketQueue(),
    metadata: OutputMetadata = OutputMetadata()
) throws(EncodeError) -> any FrameSink {
    let plan = try OutputPlan(config)
    switch plan.target {
    case .video(let container):
        return try VideoWriter(
            config, plan, container, format, auxiliaryStreams: auxiliaryStreams, packets: packets, metadata: metadata)
    case .pictures:
        return try StillWriter(config, plan, format, auxiliaryStreams: auxiliaryStreams, packets: packets)
    }
}
