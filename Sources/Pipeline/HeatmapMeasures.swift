/// Where a map is hot, in pixels of the picture: measured on the upsampled map, whose full-size form is never made.
///
/// Along a row the upsampled map is linear between two nodes, so where it crosses a threshold is one division for each
/// such stretch. The results are those of every pixel's own value.
extension Heatmap {
    /// The hottest pixel and its heat; the first one in reading order if several are equally hot.
    ///
    /// - Returns: nil where the map has no heat in the picture.
    package func peak(pictureWidth: Int, pictureHeight: Int) -> Peak? {
        let (columns, rows) = axes(pictureWidth: pictureWidth, pictureHeight: pictureHeight)
        let positions = Self.corners(columns)
        var best: Peak?
        var heats = [Float](repeating: 0, count: width)
        // Between two nodes on either axis the map is largest at a corner.
        for row in Self.corners(rows) {
            interpolate(row, into: &heats)
            for column in positions {
                let heat = Self.mix(heats[column.low], heats[column.high], column.fraction)
                if heat > best?.heat ?? 0 { best = Peak(x: column.sample, y: row.sample, heat: heat) }
            }
        }
        return best
    }

    /// The box around the largest connected part that is hotter than `threshold` times the hottest pixel, or than `level`.
    ///
    /// The rule of Zhou et al. 2016, arXiv:1512.04150, section 3.2. Pixels that touch by a corner are connected; among
    /// parts of the same size it is the first one in reading order.
    /// - Returns: nil where the map has no heat in the picture.
    package func hotBox(threshold: Float = 0.2, pictureWidth: Int, pictureHeight: Int) -> PixelBox? {
        guard let peak = peak(pictureWidth: pictureWidth, pictureHeight: pictureHeight) else { return nil }
        var parts = ConnectedParts()
        forEachSpan(above: level ?? threshold * peak.heat, pictureWidth: pictureWidth, pictureHeight: pictureHeight) {
            y, span in
            parts.add(y, span)
        }
        return parts.largest
    }

    /// The share of the picture's pixels that are hotter than `threshold` times the hottest pixel, or than `level`: 0...1.
    package func hotShare(above threshold: Float = 0.5, pictureWidth: Int, pictureHeight: Int) -> Double {
        guard let peak = peak(pictureWidth: pictureWidth, pictureHeight: pictureHeight) else { return 0 }
        var pixels = 0
        forEachSpan(above: level ?? threshold * peak.heat, pictureWidth: pictureWidth, pictureHeight: pictureHeight) {
            _, span in
            pixels += span.count
        }
        return Double(pixels) / Double(pictureWidth * pictureHeight)
    }

    /// The stretches of pixels hotter than a threshold, row by row, as long as they can be.
    package func forEachSpan(
        above threshold: Float, pictureWidth: Int, pictureHeight: Int, _ body: (Int, Range<Int>) -> Void
    ) {
        let (columns, rows) = axes(pictureWidth: pictureWidth, pictureHeight: pictureHeight)
        var heats = [Float](repeating: 0, count: width)
        for run in rows.runs {
            for i in 0..<run.count {
                let fraction = Float(run.fraction + Double(i) * run.step)
                interpolate(
                    Position(sample: run.first + i, low: run.low, high: run.high, fraction: fraction), into: &heats)
                var open: Range<Int>?
                for column in columns.runs {
                    guard let span = Self.span(of: column, heats[column.low], heats[column.high], above: threshold)
                    else {
                        continue
                    }
                    if let before = open, before.upperBound == span.lowerBound {
                        open = before.lowerBound..<span.upperBound
                    } else {
                        if let before = open { body(run.first + i, before) }
                        open = span
                    }
                }
                if let last = open { body(run.first + i, last) }
            }
        }
    }

    /// The samples of a run that are hotter than a threshold: a linear function is so at one end, or all along.
    private static func span(of run: MapAxis.Run, _ low: Float, _ high: Float, above threshold: Float) -> Range<Int>? {
        let all = run.first..<run.first + run.count
        func isHot(_ sample: Int) -> Bool {
            mix(low, high, Float(run.fraction + Double(sample - run.first) * run.step)) > threshold
        }
        let starts = isHot(all.lowerBound)
        let ends = isHot(all.upperBound - 1)
        if starts && ends { return all }
        if !starts && !ends { return nil }
        let crossing = (Double((threshold - low) / (high - low)) - run.fraction) / run.step
        // The division may be a hair off; the samples' own values decide.
        var first = run.first + Int(min(max(crossing, 0), Double(run.count - 1)))
        while first > all.lowerBound && isHot(first) != starts { first -= 1 }
        while first < all.upperBound && isHot(first) == starts { first += 1 }
        return starts ? all.lowerBound..<first : first..<all.upperBound
    }

    /// A sample between two nodes of an axis.
    private struct Position {
        let sample: Int
        let low: Int
        let high: Int
        let fraction: Float
    }

    /// The first and the last sample of each run.
    private static func corners(_ axis: MapAxis) -> [Position] {
        axis.runs.flatMap { run in
            [0, run.count - 1].map { i in
                Position(
                    sample: run.first + i, low: run.low, high: run.high,
                    fraction: Float(run.fraction + Double(i) * run.step))
            }
        }
    }

    /// One row of the map, upsampled downwards only.
    private func interpolate(_ row: Position, into heats: inout [Float]) {
        for x in 0..<width {
            heats[x] = Self.mix(values[row.low * width + x], values[row.high * width + x], row.fraction)
        }
    }

    private static func mix(_ low: Float, _ high: Float, _ fraction: Float) -> Float { low + (high - low) * fraction }
}

/// The hottest pixel of a picture.
package struct Peak: Sendable, Equatable {
    package let x: Int
    package let y: Int
    /// 0...1.
    package let heat: Float

    package init(x: Int, y: Int, heat: Float) {
        self.x = x
        self.y = y
        self.heat = heat
    }
}

/// The pixels x0..<x1, y0..<y1.
package struct PixelBox: Sendable, Equatable {
    package var x0: Int
    package var y0: Int
    package var x1: Int
    package var y1: Int

    package init(x0: Int, y0: Int, x1: Int, y1: Int) {
        self.x0 = x0
        self.y0 = y0
        self.x1 = x1
        self.y1 = y1
    }

    /// In a picture that is so many times as wide and high.
    package func scaled(by factor: Int) -> PixelBox {
        PixelBox(x0: factor * x0, y0: factor * y0, x1: factor * x1, y1: factor * y1)
    }
}
