import Pipeline

extension Panel {
    /// The lines of a box, inside it: a coloured one between two dark ones. What would lie outside the panel moves in.
    ///
    /// - Parameter line: how wide the coloured one is, in pixels.
    func frame(_ box: PixelBox, line: Int, _ colour: RGB, _ codes: CodeValues) {
        let border = max(line / 2, 1)
        let inner = PixelBox(
            x0: max(box.x0, border), y0: max(box.y0, border), x1: min(box.x1, width - border),
            y1: min(box.y1, height - border))
        bars(inner, thickness: line + border, outwards: border, .black, opacity: 0.55, codes)
        bars(inner, thickness: line, outwards: 0, colour, opacity: 1, codes)
    }

    /// Four bars, from `outwards` pixels outside a box to its inside, that don't overlap.
    private func bars(
        _ box: PixelBox, thickness: Int, outwards: Int, _ colour: RGB, opacity: Double, _ codes: CodeValues
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
        for bar in bars { fill(bar, colour, opacity: opacity, codes) }
    }
}
