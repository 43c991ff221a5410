import CFFmpeg
import Pipeline

/// What stands beside the heat on a panel of one size: labels, the colour bar, the box of the hot region.
final class Decoration {
    private let config: OverlayConfig
    private let codes: CodeValues
    private let sizes: Proportions
    private let label: Label?
    private let barBlender: HeatBlender
    private let colours: HeatTables

    /// - Parameter typesetter: nil where no labels are asked for.
    init(
        _ config: OverlayConfig, _ codes: CodeValues, _ colours: HeatTables, _ sizes: Proportions,
        _ layout: PixelLayout,
        _ typesetter: Typesetter?
    ) {
        self.config = config
        self.codes = codes
        self.colours = colours
        self.sizes = sizes
        label = typesetter.map { Label($0, codes) }
        barBlender = HeatBlender(width: sizes.barWidth, height: sizes.barHeight, layout, AVCHROMA_LOC_UNSPECIFIED)
    }

    func drawLabel(_ lines: [LabelLine], on panel: Panel) {
        label?.draw(lines, margin: sizes.margin, on: panel)
    }

    /// The colours from cold to hot, upwards along the right edge.
    func drawBar(on panel: Panel) {
        // Whole chroma samples, whatever the format.
        let left = (panel.width - sizes.margin - sizes.barWidth) / 4 * 4
        let top = (panel.height - sizes.margin - sizes.barHeight) / 4 * 4
        guard config.colourBar, left > sizes.margin, top > sizes.margin else { return }
        panel.fill(
            PixelBox(
                x0: left - 2, y0: top - 2, x1: left + sizes.barWidth + 2, y1: top + sizes.barHeight + 2), .black,
            opacity: 0.6, codes)
        let bar = panel.part(x: left, y: top, width: sizes.barWidth, height: sizes.barHeight)
        // Two nodes at the bar's ends: half of what the map covers lies beyond them.
        let length = Double(sizes.barHeight)
        let ramp = Heatmap(
            height: 2, width: 1, values: [1, 0],
            region: Region(x: 0, y: -length / 2, width: Double(sizes.barWidth), height: 2 * length))
        barBlender.blend(ramp, colours, from: bar, to: bar)
    }

    /// The box of the hot region: a bright line between two dark ones.
    ///
    /// - Parameter known: the box, where it needs no measuring.
    func drawBox(of heatmap: Heatmap, known: PixelBox? = nil, on panel: Panel) {
        guard config.box,
            let box = known ?? heatmap.hotBox(pictureWidth: panel.width, pictureHeight: panel.height)
        else { return }
        let line = sizes.line
        let border = max(line / 2, 1)
        // Inside the picture, even where the hot region goes up to its edges.
        let inner = PixelBox(
            x0: max(box.x0, border), y0: max(box.y0, border), x1: min(box.x1, panel.width - border),
            y1: min(box.y1, panel.height - border))
        drawFrame(inner, thickness: line + border, outwards: border, .black, opacity: 0.55, on: panel)
        drawFrame(inner, thickness: line, outwards: 0, .white, opacity: 1, on: panel)
    }

    /// A line around what is hotter than the map's own level, if it has one: bright between two dark ones, inside the region.
    func drawContour(of heatmap: Heatmap, on panel: Panel) {
        guard let level = heatmap.level else { return }
        var rows = [Int: [Range<Int>]]()
        heatmap.forEachSpan(above: level, pictureWidth: panel.width, pictureHeight: panel.height) { y, span in
            rows[y, default: []].append(span)
        }
        guard !rows.isEmpty else { return }
        let border = max(sizes.line / 2, 1)
        for (inset, colour, opacity) in [(-border, RGB.black, 0.55), (0, RGB.white, 1)] {
            outline(rows, inset: inset, thickness: inset < 0 ? border : sizes.line, colour, opacity, on: panel)
        }
    }

    /// The pixels of a region that lie within `thickness` of its edge, row by row.
    ///
    /// - Parameter inset: below 0: the line lies so far outside.
    private func outline(
        _ rows: [Int: [Range<Int>]], inset: Int, thickness: Int, _ colour: RGB, _ opacity: Double, on panel: Panel
    ) {
        let reach = inset < 0 ? -inset : thickness
        for (y, spans) in rows {
            for span in spans {
                // Its ends; the picture's own edges are none.
                if span.lowerBound > 0 {
                    let left = inset < 0 ? span.lowerBound - reach : span.lowerBound
                    fill(left..<left + min(reach, span.count), y, y + 1, colour, opacity, on: panel)
                }
                if span.upperBound < panel.width {
                    let right = inset < 0 ? span.upperBound + reach : span.upperBound
                    fill(right - min(reach, span.count)..<right, y, y + 1, colour, opacity, on: panel)
                }
                // What has nothing above it, or nothing below it.
                if y > 0 {
                    for part in Self.uncovered(span, by: rows[y - 1] ?? []) {
                        let top = inset < 0 ? y - reach : y
                        fill(part, top, top + reach, colour, opacity, on: panel)
                    }
                }
                if y + 1 < panel.height {
                    for part in Self.uncovered(span, by: rows[y + 1] ?? []) {
                        let bottom = inset < 0 ? y + 1 + reach : y + 1
                        fill(part, bottom - reach, bottom, colour, opacity, on: panel)
                    }
                }
            }
        }
    }

    private func fill(
        _ columns: Range<Int>, _ top: Int, _ bottom: Int, _ colour: RGB, _ opacity: Double, on panel: Panel
    ) {
        panel.fill(
            PixelBox(
                x0: max(columns.lowerBound, 0), y0: max(top, 0), x1: min(columns.upperBound, panel.width),
                y1: min(bottom, panel.height)), colour, opacity: opacity, codes)
    }

    /// What of a span none of the others has; these are in order.
    private static func uncovered(_ span: Range<Int>, by others: [Range<Int>]) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = span.lowerBound
        for other in others where other.overlaps(span) {
            if other.lowerBound > start { parts.append(start..<other.lowerBound) }
            start = max(start, other.upperBound)
        }
        if start < span.upperBound { parts.append(start..<span.upperBound) }
        return parts
    }

    /// Four bars, from `outwards` pixels outside a box to its inside, that don't overlap.
    private func drawFrame(
        _ box: PixelBox, thickness: Int, outwards: Int, _ colour: RGB, opacity: Double, on panel: Panel
    ) {
        let outer = PixelBox(
            x0: box.x0 - outwards, y0: box.y0 - outwards, x1: box.x1 + outwards, y1: box.y1 + outwards)
        let inner = PixelBox(
            x0: min(outer.x0 + thickness + outwards, outer.x1), y0: min(outer.y0 + thickness + outwards, outer.y1),
            x1: max(outer.x1 - thickness - outwards, outer.x0), y1: max(outer.y1 - thickness - outwards, outer.y0))
        let bars = [
            PixelBox(x0: outer.x0, y0: outer.y0, x1: outer.x1, y1: inner.y0),
            PixelBox(x0: outer.x0, y0: inner.y1, x1: outer.x1, y1: outer.y1),
            PixelBox(x0: outer.x0, y0: inner.y0, x1: inner.x0, y1: inner.y1),
            PixelBox(x0: inner.x1, y0: inner.y0, x1: outer.x1, y1: inner.y1),
        ]
        for bar in bars { panel.fill(bar, colour, opacity: opacity, codes) }
    }
}
