import CFFmpeg
package import Demo
package import Pipeline

/// The drawn scene as a video: of the input `demo:`, which needs no file.
package final class DemoSource: FrameSource, @unchecked Sendable {  // safe: one thread at a time
    package let format: VideoFormat
    package let name: String
    package let codecName = "drawn"
    /// nil: endless.
    package let frameCountEstimate: Int?
    package private(set) var framesRead = 0
    // Nothing goes with the pictures.
    package let auxiliaryStreams: [AuxiliaryStream] = []
    package let packets = PacketQueue()
    package let metadata: [String: String] = [:]
    package let videoMetadata: [String: String] = [:]

    private let scene: Scene
    private let interrupt: Interrupt
    private let pool: FramePool
    /// What cairo draws on; drawn over for every frame.
    private let canvas: Frame
    private let scaler: Scaler

    /// - Parameter interrupt: ends the video.
    /// - Parameter isLive: whether it goes on for ever, unless its length is given.
    /// - Throws: `CaptureError.outOfMemory`.
    package init(
        _ address: DemoAddress, interrupt: Interrupt, isLive: Bool = false
    ) throws(CaptureError) {
        let rate = AVRational(num: address.frameRate.frames, den: address.frameRate.seconds)
        format = VideoFormat(
            width: address.scene.width, height: address.scene.height, pixelFormat: AV_PIX_FMT_YUV420P,
            colour: ColourTags(
                range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT709, primaries: AVCOL_PRI_BT709,
                transfer: AVCOL_TRC_BT709, chromaLocation: AVCHROMA_LOC_LEFT),
            sampleAspectRatio: AVRational(num: 1, den: 1),
            timeBase: AVRational(num: rate.den, den: rate.num), frameRate: rate)
        // As the log writes it: "input demo: drawn, 1280x720".
        name = address.text.hasSuffix(":") ? String(address.text.dropLast()) : address.text
        frameCountEstimate =
            isLive && !address.hasLength ? nil : max(1, Int((address.seconds * av_q2d(rate)).rounded()))
        self.interrupt = interrupt
        var drawn = format
        drawn.pixelFormat = AV_PIX_FMT_BGR0
        do throws(FFmpegError) {
            pool = try FramePool(format)
            canvas = try FramePool(drawn).frame(index: 0, pts: 0, duration: 0, timeBase: format.timeBase)
            scaler = try Scaler(from: Scaler.Side(drawn), to: Scaler.Side(format), .exact)
        } catch { throw .outOfMemory }
        do throws(DrawingError) {
            scene = try Scene(address.scene)
        } catch { throw .outOfMemory }
    }

    package func next() throws(CaptureError) -> Frame? {
        guard framesRead < frameCountEstimate ?? .max, !interrupt.isRaised else { return nil }
        do throws(DrawingError) {
            try scene.draw(
                at: seconds(ofFrame: framesRead), into: shim_plane(canvas.av, 0),
                bytesPerRow: Int(shim_bytes_per_row(canvas.av, 0)))
        } catch { throw .outOfMemory }
        do throws(FFmpegError) {
            let frame = try pool.frame(
                index: framesRead, pts: Int64(framesRead), duration: 1, timeBase: format.timeBase)
            try scaler.scale(canvas, into: frame)
            framesRead += 1
            return frame
        } catch { throw .outOfMemory }
    }

    /// The object in a frame and the box around it; nil where none is.
    package func truth(ofFrame index: Int) throws(DrawingError) -> Scene.Truth? {
        try scene.truth(at: seconds(ofFrame: index))
    }

    package var corruptPackets: Int { 0 }
    package func takeWarnings() -> [CaptureWarning] { [] }

    private func seconds(ofFrame index: Int) -> Double { Double(index) * av_q2d(format.timeBase) }
}
