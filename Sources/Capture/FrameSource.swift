package import Pipeline

/// Where a run's pictures come from: a recording, a camera, a stream, the drawn scene. All of its frames are alike, as
/// `format` says.
///
/// For use by one thread at a time.
package protocol FrameSource: AnyObject, Sendable {
    /// Whether pictures come as they are taken, and cannot be waited with: the newest counts. Its frames have a
    /// `captured` time, and times in microseconds from 0 on.
    var isLive: Bool { get }
    /// Whether there is one picture only, which is no video.
    var isStill: Bool { get }
    /// Of all frames.
    var format: VideoFormat { get }
    /// The input's name for messages, without passwords.
    var name: String { get }
    /// How the pictures were coded, for the log.
    var codecName: String { get }
    /// What was found and chosen, a line each, for the log.
    var notes: [String] { get }
    /// For progress; nil: unknown.
    var frameCountEstimate: Int? { get }
    /// The streams that go with the video, and their packets, as they are met between its own.
    var auxiliaryStreams: [AuxiliaryStream] { get }
    var packets: PacketQueue { get }
    /// The video itself, if the settings ask for its packets, too, and it is a recording's; else nil.
    var original: OriginalVideo? { get }
    /// The video's own packets, if the settings ask for them and it is live; nil: it sends none, but pictures.
    var livePackets: LivePackets? { get }
    /// The packets of the sound, if the settings ask for it, and the input is live and has some. Those of one moment come
    /// before or after its picture.
    var liveSound: LivePackets? { get }
    /// Tags for the output: the container's and the video stream's.
    var metadata: [String: String] { get }
    var videoMetadata: [String: String] { get }
    /// Of the recording; none for what is live.
    var chapters: [Chapter] { get }

    /// The next frame in order of time; nil at the end and after an interrupt. Don't draw on it.
    func next() throws(CaptureError) -> Frame?

    /// Pictures made so far.
    var framesRead: Int { get }
    /// What came, and was no picture or only a damaged one.
    var corruptPackets: Int { get }
    /// Pictures that the source did not hand out, by reason. Any thread may ask.
    ///
    /// - `missed`: a camera's driver had no free buffer for it.
    /// - `damaged`: nothing that can be shown could be made of it.
    /// - `superseded`: passed over, because a newer one was there already.
    var drops: [String: Int] { get }
    /// The warnings since the last call.
    func takeWarnings() -> [CaptureWarning]
}

extension FrameSource {
    package var isLive: Bool { false }
    package var isStill: Bool { false }
    package var chapters: [Chapter] { [] }
    package var original: OriginalVideo? { nil }
    package var livePackets: LivePackets? { nil }
    package var liveSound: LivePackets? { nil }
    package var notes: [String] { [] }
    package var drops: [String: Int] { [:] }
}

/// Opens what the settings name, or waits for it where they say so.
///
/// - Parameter interrupt: ends a blocking read; the source's `next()` then returns nil.
/// - Parameter onSignal: is told, from the thread that calls this or `next()`, when a live input is not there or lost,
///   and when it is back.
package func openSource(
    _ config: CaptureConfig, interrupt: Interrupt, clock: any SystemClock = LinuxClock(),
    onSignal: @escaping @Sendable (SignalChange) -> Void = { _ in }
) throws(CaptureError) -> any FrameSource {
    let mayBeAway = VideoNodes.isCamera(config.input) || InputLocation.isAddress(config.input)
    guard config.wait && mayBeAway else { return try openNow(config, interrupt, clock, onSignal) }
    return try waitForInput(interrupt, clock, onSignal) { () throws(CaptureError) in
        try openNow(config, interrupt, clock, onSignal)
    }
}

private func openNow(
    _ config: CaptureConfig, _ interrupt: Interrupt, _ clock: any SystemClock,
    _ onSignal: @escaping @Sendable (SignalChange) -> Void
) throws(CaptureError) -> any FrameSource {
    if VideoNodes.isCamera(config.input) {
        return try CameraSource(config, interrupt: interrupt, onSignal: onSignal)
    }
    if let setting = config.cameraSetting { throw .onlyOfCameras(input: redacted(config.input), setting: setting) }
    func paced(_ source: any FrameSource) -> any FrameSource {
        config.live ? PacedSource(source, interrupt: interrupt, clock: clock) : source
    }
    if let address = try DemoAddress(config.input) {
        return paced(try DemoSource(address, interrupt: interrupt, isLive: config.live))
    }
    var config = config
    if config.live, config.takesSound { config.takesAuxiliaryStreams = true }
    let watch = CallWatch(interrupt, clock)
    let reader = try FrameReader(config, watch, clock)
    guard reader.demuxer.isLive else {
        return paced(try FileSource(reader, chroma: config.live ? .fourTwoZero : .kept))
    }
    let session = NetworkSession(reader, watch, timeout: config.timeout)
    let connect = { [config] () throws(CaptureError) in try NetworkSession(connectingTo: config, interrupt, clock) }
    return try NetworkSource(session, interrupt: interrupt, clock: clock, connect: connect, onSignal: onSignal)
}
