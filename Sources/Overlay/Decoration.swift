import CFFmpeg
import Pipeline

/// What stands beside the heat on a panel of one size: labels, the colour bar, boxes.
final class Decoration {
    private let config: OverlayConfig
    private let codes: CodeValues
    private let sizes: Proportions
    private let label: Label?
    private let boxes: BoxPainter
    private let barBlender: HeatBlender
    private let colours: HeatTables

    /// - Parameters:
    ///   - typesetter: nil where no labels are asked for.
    ///   - captions: of what stands at boxes; nil where none are asked for.
    init(
        _ config: OverlayConfig, _ codes: CodeValues, _ colours: HeatTables, _ sizes: Proportions,
        _ layout: PixelLayout,
        _ typesetter: Typesetter?, captions: Typesetter?
    ) {
        self.config = config
        self.codes = codes
        self.colours = colours
        self.sizes = sizes
        label = typesetter.map { Label($0, codes) }
        boxes = BoxPainter(codes, line: sizes.line, captions)
        barBlender = HeatBlender(width: sizes.barWidth, height: sizes.barHeight, layout, AVCHROMA_LOC_UNSPECIFIED)
    }

    func drawLabel(_ lines: [LabelLine], on panel: Panel) {
        label?.draw(lines, margin: sizes.margin, on: panel)
    }

    /// Where the colour bar lies, along the right edge, with its dark border; nil: there is none.
    private func barBox(on panel: Panel) -> PixelBox? {
        // Whole chroma samples, whatever the format.
        let left = (panel.width - sizes.margin - sizes.barWidth) / 4 * 4
        let top = (panel.height - sizes.margin - sizes.barHeight) / 4 * 4
        guard config.colourBar, left > sizes.margin, top > sizes.margin else { return nil }
        return PixelBox(
            x0: left - 2, y0: top - 2, x1: left + sizes.barWidth + 2, y1: top + sizes.barHeight + 2)
    }

    /// The colours from cold to hot, upwards.
    func drawBar(on panel: Panel) {
        guard let box = barBox(on: panel) else { return }
        panel.fill(box, .black, opacity: 0.6, codes)
        let bar = panel.part(x: box.x0 + 2, y: box.y0 + 2, width: sizes.barWidth, height: sizes.barHeight)
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
        panel.frame(box, line: sizes.line, .white, codes)
    }

    /// A line around what is hotter than the map's own level, if it has one.
    func drawContour(of heatmap: Heatmap, on panel: Panel) {
        panel.contour(of: heatmap, line: sizes.line, codes)
    }

    /// The boxes of things, instead of that of the hot region.
    ///
    /// - Parameter scale: of the panel to the picture.
    func drawBoxes(_ observations: [Observation], scale: (x: Double, y: Double) = (1, 1), on panel: Panel) {
        boxes.draw(observations, scale: scale, avoiding: barBox(on: panel), on: panel)
    }
}
