import CFFmpeg
import Logging
import Overlay
import Pipeline
import Serve
import Synchronization

/// What viewers see while there is no pipeline: at the start, and while an input is waited for.
final class WaitingSlate: Sendable {
    private static let format = VideoFormat(
        width: 1280, height: 720, pixelFormat: AV_PIX_FMT_YUV420P,
        colour: ColourTags(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_BT470BG),
        timeBase: AVRational(num: 1, den: 1_000_000))

    private let hub: LiveHub
    private let log: Logger
    private let slate = Mutex<Slate?>(nil)

    init(_ hub: LiveHub, _ log: Logger) {
        self.hub = hub
        self.log = log
    }

    /// Any thread may call it.
    func show(_ lines: [String]) {
        let now = CaptureTime.now
        do {
            try slate.withLock { slate in
                // Made when it is needed, which it seldom is.
                let made = try slate ?? Slate(Self.format, font: nil)
                slate = made
                try hub.showSlate(try made.frame(lines, index: 0, pts: 0, captured: now), at: now)
            }
        } catch {
            log.debug("no placeholder frame: \(error)")
        }
    }
}

extension LiveHub {
    /// Shows viewers a slate in place of pictures.
    func showSlate(_ picture: borrowing Frame, at time: CaptureTime) throws(FFmpegError) {
        try feed.publish(picture, slateFacts(at: time))
    }

    func slateFacts(at time: CaptureTime) -> PictureFacts {
        PictureFacts(
            sequence: status.nextSequence(), capturedAt: .microseconds(time.wall), latency: .zero, isSlate: true)
    }
}
