import CFFmpeg
package import Pipeline

/// A slate in place of the picture, with a few lines that say why there is none. To be used from one thread.
package final class Slate: @unchecked Sendable {  // safe: one thread uses it at a time
    private let pool: FramePool
    private let pixels: PixelLayout
    private let codes: CodeValues
    private let label: Label
    private let margin: Int

    /// - Parameters:
    ///   - format: of the pictures that it stands for.
    ///   - font: as in `OverlayConfig.font`.
    package init(_ format: VideoFormat, font: String?) throws(OverlayError) {
        guard let pixels = PixelLayout(format.pixelFormat) else {
            throw .unsupportedFormat(name: av_get_pix_fmt_name(format.pixelFormat).map { String(cString: $0) } ?? "?")
        }
        self.pixels = pixels
        do { pool = try FramePool(format) } catch { throw .outOfMemory(error) }
        codes = CodeValues(format, pixels)
        let sizes = Proportions(width: format.width, height: format.height, pixels)
        margin = sizes.margin
        // Read from afar.
        let typesetter = Typesetter(
            try Font(font), size: sizes.fontSize * 3 / 2, pixelAspect: Painter.aspect(format), isOutlined: true)
        label = Label(typesetter, codes)
    }

    /// - Parameter pts: in units of the format's time base.
    /// - Parameter captured: when there was nothing to be captured.
    package func frame(
        _ lines: [String], index: Int, pts: Int64, captured: CaptureTime?
    ) throws(OverlayError) -> Frame {
        let frame: Frame
        do {
            frame = try pool.frame(
                index: index, pts: pts, duration: 0, timeBase: pool.format.timeBase, captured: captured)
        } catch {
            throw .outOfMemory(error)
        }
        let panel = Panel(frame, pixels, width: frame.width, height: frame.height)
        panel.fill(PixelBox(x0: 0, y0: 0, x1: panel.width, y1: panel.height), .black, opacity: 1, codes)
        label.draw(lines.map { LabelLine(remark: $0, isFaint: false) }, at: .centre, margin: margin, on: panel)
        return frame
    }
}
