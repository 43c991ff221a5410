package import Pipeline

/// Where a run's pictures come from: a recording, a camera, the drawn scene. All of its frames are alike, as `format`
/// says.
///
/// For use by one thread at a time.
package protocol FrameSource: AnyObject, Sendable {
    var isLive: Bool { get }
    var drops: [String: Int] { get }
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
    var companions: [Companion] { get }
    var packets: PacketQueue { get }
    /// Tags for the output: the container's and the video stream's.
    var metadata: [String: String] { get }
    var videoMetadata: [String: String] { get }

    /// The next frame in order of time; nil at the end and after an interrupt. Don't draw on it.
    func next() throws(CaptureError) -> Frame?

    /// Pictures made so far.
    var framesRead: Int { get }
    /// What came, and was no picture or only a damaged one.
    var corruptPackets: Int { get }
    /// The warnings since the last call.
    func takeWarnings() -> [CaptureWarning]
}

extension FrameSource {
    package var notes: [String] { [] }
}

/// Opens what the settings name.
///
/// - Parameter interrupt: ends a blocking read; the source's `next()` then returns nil.
/// - Parameter onSignal: is told, from the thread that calls `next()`, when a live input is lost and when it is back.
package func openSource(
    _ config: CaptureConfig, interrupt: Interrupt, onSignal: @escaping @Sendable (SignalChange) -> Void = { _ in }
) throws(CaptureError) -> any FrameSource {
    if VideoNodes.isCamera(config.input) {
        return try CameraSource(config, interrupt: interrupt, onSignal: onSignal)
    }
    if let setting = config.cameraSetting { throw .onlyOfCameras(input: config.input, setting: setting) }
    if let address = try DemoAddress(config.input) {
        return try DemoSource(address, interrupt: interrupt)
    }
    return try FileSource(config, interrupt: interrupt)
}

extension FrameSource {
    package var isLive: Bool { true }
    package var drops: [String: Int] { [:] }
}
