import Pipeline

extension Panel {
    /// A line around what is hotter than the map's own level, if it has one: bright between two dark ones, inside the region.
    func contour(of heatmap: Heatmap, line: Int, _ codes: CodeValues) {
        guard let level = heatmap.level else { return }
        var spans = RegionSpans(rows: height)
        heatmap.forEachSpan(above: level, pictureWidth: width, pictureHeight: height) { y, span in
            spans.append(span, row: y)
        }
        let border = max(line / 2, 1)
        for (inset, colour, opacity) in [(-border, RGB.black, 0.55), (0, RGB.white, 1)] {
            outline(spans, inset: inset, thickness: inset < 0 ? border : line, colour, opacity, codes)
        }
    }

    /// The pixels of a region that lie within `thickness` of its edge, row by row.
    ///
    /// - Parameter inset: below 0: the line lies so far outside.
    private func outline(
        _ region: RegionSpans, inset: Int, thickness: Int, _ colour: RGB, _ opacity: Double, _ codes: CodeValues
    ) {
        let reach = inset < 0 ? -inset : thickness
        for y in 0..<height {
            for span in region[y] {
                // Its ends; the picture's own edges are none.
                if span.lowerBound > 0 {
                    let left = inset < 0 ? span.lowerBound - reach : span.lowerBound
                    fill(left..<left + min(reach, span.count), y, y + 1, colour, opacity, codes)
                }
                if span.upperBound < width {
                    let right = inset < 0 ? span.upperBound + reach : span.upperBound
                    fill(right - min(reach, span.count)..<right, y, y + 1, colour, opacity, codes)
                }
                // What has nothing above it, or nothing below it.
                if y > 0 {
                    for part in Self.uncovered(span, by: region[y - 1]) {
                        let top = inset < 0 ? y - reach : y
                        fill(part, top, top + reach, colour, opacity, codes)
                    }
                }
                if y + 1 < height {
                    for part in Self.uncovered(span, by: region[y + 1]) {
                        let bottom = inset < 0 ? y + 1 + reach : y + 1
                        fill(part, bottom - reach, bottom, colour, opacity, codes)
                    }
                }
            }
        }
    }

    private func fill(
        _ columns: Range<Int>, _ top: Int, _ bottom: Int, _ colour: RGB, _ opacity: Double, _ codes: CodeValues
    ) {
        fill(
            PixelBox(
                x0: max(columns.lowerBound, 0), y0: max(top, 0), x1: min(columns.upperBound, width),
                y1: min(bottom, height)), colour, opacity: opacity, codes)
    }

    /// What of a span none of the others has; these are in order.
    private static func uncovered(_ span: Range<Int>, by others: ArraySlice<Range<Int>>) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = span.lowerBound
        for other in others where other.overlaps(span) {
            if other.lowerBound > start { parts.append(start..<other.lowerBound) }
            start = max(start, other.upperBound)
        }
        if start < span.upperBound { parts.append(start..<span.upperBound) }
        return parts
    }
}

/// The stretches of a region's pixels, row by row, in one piece of memory.
private struct RegionSpans {
    private var spans: [Range<Int>] = []
    /// Where a row's begin, and the end behind the last row's.
    private var starts: [Int]
    private var row = 0

    init(rows: Int) { starts = Array(repeating: 0, count: rows + 1) }

    /// - Parameter row: never one above the last.
    mutating func append(_ span: Range<Int>, row: Int) {
        while self.row < row {
            self.row += 1
            starts[self.row] = spans.count
        }
        spans.append(span)
    }

    subscript(row: Int) -> ArraySlice<Range<Int>> {
        guard row <= self.row else { return [] }
        return spans[starts[row]..<(row < self.row ? starts[row + 1] : spans.count)]
    }
}
