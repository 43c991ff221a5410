package import CFFmpeg
package import Pipeline

/// Draws charts: 8-bit RGB, on white. To be used from one thread.
package final class ChartPainter {
    /// Of the page.
    package let outputFormat: VideoFormat

    private let chart: Chart
    private let pixels: PixelLayout
    private let codes: CodeValues
    private let large: Lettering
    private let medium: Lettering
    private let small: Lettering

    private static let ink = RGB(0.1, 0.1, 0.12)
    private static let grey = RGB(0.4, 0.4, 0.43)
    private static let pale = RGB(0.88, 0.88, 0.9)
    /// Orange and blue, which everybody can tell apart.
    static let first = RGB(0.9, 0.5, 0.1)
    static let second = RGB(0.1, 0.3, 0.75)

    static let width = 1280
    private static let margin = 24
    private static let gap = 32
    private static let columns = 2
    private static let plotHeight = 130
    /// Room left of a plot for the numbers of its axis.
    private static let axisWidth = 60
    /// Of a curve, in pixels.
    private static let line = 2

    /// - Parameter font: a family or a file; nil: the system's sans-serif.
    package init(_ chart: Chart, font: String? = nil, timeBase: AVRational) throws(OverlayError) {
        self.chart = chart
        var format = VideoFormat(
            width: Self.width, height: 0, pixelFormat: AV_PIX_FMT_GBRP,
            colour: ColourTags(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_RGB), timeBase: timeBase)
        pixels = PixelLayout(format.pixelFormat)!
        codes = CodeValues(format, pixels)
        let fonts = (bold: try Font(font), plain: try Font(font, .regular))
        large = Lettering(fonts.bold, size: 26, codes)
        medium = Lettering(fonts.bold, size: 17, codes)
        small = Lettering(fonts.plain, size: 15, codes)
        let rows = (chart.panels.count + Self.columns - 1) / Self.columns
        format.height =
            2 * Self.margin + large.lineHeight + small.lineHeight + 20
            + rows * (medium.lineHeight + 8 + Self.plotHeight + 4 + small.lineHeight) + (rows - 1) * Self.gap
        outputFormat = format
    }

    package func paint() throws(OverlayError) -> Frame {
        let page: Frame
        do {
            page = try FramePool(outputFormat).frame(
                index: 0, pts: 0, duration: 1, timeBase: outputFormat.timeBase)
        } catch { throw .outOfMemory(error) }
        let panel = Panel(page, pixels, width: outputFormat.width, height: outputFormat.height)
        fill(panel, 0, 0, panel.width, panel.height, .white)
        drawHead(on: panel)
        for (number, part) in chart.panels.enumerated() {
            let place = plot(number)
            draw(part, in: place, on: panel)
        }
        return page
    }

    /// Where a panel's curves are drawn, in pixels.
    func plot(_ number: Int) -> PixelBox {
        let width = (Self.width - 2 * Self.margin - (Self.columns - 1) * Self.gap) / Self.columns
        let x = Self.margin + number % Self.columns * (width + Self.gap)
        let head = Self.margin + large.lineHeight + small.lineHeight + 20
        let above = medium.lineHeight + 8
        let height = above + Self.plotHeight + 4 + small.lineHeight + Self.gap
        let y = head + number / Self.columns * height + above
        return PixelBox(x0: x + Self.axisWidth, y0: y, x1: x + width, y1: y + Self.plotHeight)
    }

    private func drawHead(on panel: Panel) {
        let margin = Self.margin
        let room = Self.width - 2 * margin
        var right = Self.width - margin
        for (name, colour) in [(chart.names.second, Self.second), (chart.names.first, Self.first)] {
            let left = right - small.width(name)
            small.draw(name, x: left, y: margin + 6, room: room, Self.ink, on: panel)
            fill(panel, left - 32, margin + 13, left - 8, margin + 16, colour)
            right = left - 56
        }
        large.draw(chart.title, x: margin, y: margin, room: max(right - margin, 0), Self.ink, on: panel)
        small.draw(chart.remark, x: margin, y: margin + large.lineHeight + 2, room: room, Self.grey, on: panel)
    }

    private func draw(_ part: Chart.Panel, in plot: PixelBox, on panel: Panel) {
        let title = plot.y0 - 8 - medium.lineHeight
        let room = plot.x1 - plot.x0
        medium.draw(part.title, x: plot.x0, y: title, room: room, Self.ink, on: panel)
        let used = medium.width(part.title) + 16
        small.draw(
            part.detail, x: plot.x0 + used, y: title + medium.ascent - small.ascent, room: max(room - used, 0),
            Self.grey, .right, on: panel)
        let top = part.top
        for share in [0, 0.5, 1] {
            let y = plot.y1 - 1 - Int(share * Double(Self.plotHeight - 1))
            fill(panel, plot.x0, y, plot.x1, y + 1, Self.pale)
            small.draw(
                Self.number(top * share), x: plot.x0 - Self.axisWidth, y: y - small.lineHeight / 2,
                room: Self.axisWidth - 6, Self.grey, .right, on: panel)
        }
        guard let start = part.times.first, let end = part.times.last else { return }
        small.draw("\(Self.seconds(start)) s", x: plot.x0, y: plot.y1 + 4, room: room, Self.grey, on: panel)
        small.draw("\(Self.seconds(end)) s", x: plot.x0, y: plot.y1 + 4, room: room, Self.grey, .right, on: panel)
        draw(part.first, part.times, top, Self.first, in: plot, on: panel)
        draw(part.second, part.times, top, Self.second, in: plot, on: panel)
    }

    /// A curve: in each column of pixels, a bar from where it enters to where it leaves.
    private func draw(
        _ values: [Double?], _ times: [Double], _ top: Double, _ colour: RGB, in plot: PixelBox, on panel: Panel
    ) {
        let length = max(times[times.count - 1] - times[0], 1e-9)
        func point(_ index: Int) -> (x: Double, y: Double)? {
            guard let value = values[index], value.isFinite else { return nil }
            let height = Double(plot.y1 - plot.y0 - Self.line)
            return (
                Double(plot.x0) + (times[index] - times[0]) / length * Double(plot.x1 - plot.x0 - 1),
                Double(plot.y1 - Self.line) - min(max(value / top, 0), 1) * height
            )
        }
        for index in values.indices.dropFirst() {
            guard let from = point(index - 1), let to = point(index) else { continue }
            let columns = Int(from.x)...max(Int(from.x), Int(to.x))
            for column in columns {
                func y(_ x: Double) -> Double {
                    let share = to.x > from.x ? min(max((x - from.x) / (to.x - from.x), 0), 1) : 1
                    return from.y + (to.y - from.y) * share
                }
                let ends = columns.count == 1 ? (from.y, to.y) : (y(Double(column)), y(Double(column + 1)))
                let (high, low) = (Int(min(ends.0, ends.1)), Int(max(ends.0, ends.1)))
                fill(panel, column, high, column + 1, low + Self.line, colour)
            }
        }
    }

    private func fill(_ panel: Panel, _ x0: Int, _ y0: Int, _ x1: Int, _ y1: Int, _ colour: RGB) {
        panel.fill(PixelBox(x0: x0, y0: y0, x1: x1, y1: y1), colour, opacity: 1, codes)
    }

    /// Such as "0.03", "3".
    private static func seconds(_ value: Double) -> String { number((value * 100).rounded() / 100) }

    /// Such as "0.05", "3", "0.0125".
    static func number(_ value: Double) -> String {
        let rounded = (value * 10_000).rounded() / 10_000
        return rounded == rounded.rounded() && abs(rounded) < 1e9 ? "\(Int(rounded))" : "\(rounded)"
    }
}
