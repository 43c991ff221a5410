import CFFmpeg
import Infer
import Overlay
import Pipeline

/// Draws the live pictures, with the settings that hold just now, and the slates between them. For one thread.
final class LiveOverlay: @unchecked Sendable {  // safe: one stage uses it
    private let input: VideoFormat
    private let settings: LiveSettings
    private var config: OverlayConfig
    /// Of the last picture, or the first one.
    private var session: LiveSession.Facts
    private var painter: EnlargingPainter
    private var slate: Slate?
    /// Of the last picture, so that slates have their place in time.
    private var last: (index: Int, pts: Int64, captured: CaptureTime)?

    init(_ input: VideoFormat, _ settings: LiveSettings, _ first: LiveSession.Facts) throws(OverlayError) {
        self.input = input
        self.settings = settings
        session = first
        config = settings.overlay(of: first)
        painter = try Self.painter(config, input, first)
    }

    private static func painter(
        _ config: OverlayConfig, _ input: VideoFormat, _ session: LiveSession.Facts
    ) throws(OverlayError) -> EnlargingPainter {
        try EnlargingPainter(config, input: input, methods: session.methods.map(\.title))
    }

    /// For the log; nil: there is nothing to tell.
    var note: String? { painter.note }

    /// Of the pictures that come out just now.
    var format: VideoFormat { painter.outputFormat }

    /// A picture goes by that nobody looks at.
    func pass(_ frame: borrowing Frame, _ session: LiveSession.Facts) throws(OverlayError) {
        try followSettings(session)
        last = (frame.index, frame.pts, frame.captured ?? .now)
    }

    /// - Parameter session: the frame's.
    func paint(_ explained: consuming Explained, _ session: LiveSession.Facts) throws(OverlayError) -> Frame {
        try followSettings(session)
        last = (explained.frame.index, explained.frame.pts, explained.frame.captured ?? .now)
        return try painter.paint(explained)
    }

    func drawSlate(_ lines: [String]) throws(OverlayError) -> Frame {
        try followSettings(session)
        let slate: Slate
        if let known = self.slate { slate = known } else { slate = try Slate(format, font: config.font) }
        self.slate = slate
        let now = CaptureTime.now
        var pts: Int64 = 0
        if let last {
            let elapsed = AVRational(num: 1, den: 1_000_000)
            pts = last.pts + av_rescale_q(now.monotonic - last.captured.monotonic, elapsed, format.timeBase)
        }
        return try slate.frame(lines, index: last?.index ?? 0, pts: pts, captured: now)
    }

    private func followSettings(_ next: LiveSession.Facts) throws(OverlayError) {
        let wanted = settings.overlay(of: next)
        let hasOtherPanels = wanted.layout == .compare && next.methods != session.methods
        session = next
        guard wanted != config || hasOtherPanels else { return }
        painter = try Self.painter(wanted, input, next)
        config = wanted
        slate = nil
    }
}
