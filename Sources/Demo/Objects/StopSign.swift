import Glibc

extension Drawing {
    /// North American: a red octagon with a white rim and STOP.
    static let stopSign = Drawing("stop sign") { canvas in
        canvas.fill(.down(from: -1, to: 1, [0xfafafa, 0xd4d6d8])) { octagon(canvas, 0.99) }
        canvas.fill(.linear(from: (-0.7, -0.9), to: (0.7, 0.9), red)) { octagon(canvas, 0.9) }
        canvas.saved {
            canvas.translate(-0.585, 0)
            for letter in [letterS, letterT, letterO, letterP] {
                canvas.stroke(.hex(0xf7f7f5), width: 0.125, isCut: true) { letter(canvas) }
                canvas.translate(0.39, 0)
            }
        }
        for y in [-0.76, 0.76] {  // bolts
            canvas.fill(.radial(-0.01, y - 0.01, 0.035, [(0, Colour(0xf4f4f4)), (1, Colour(0x77797c))])) {
                canvas.circle(0, y, 0.032)
            }
        }
        // The sky in the sheet metal.
        canvas.saved {
            canvas.clip { octagon(canvas, 0.99) }
            canvas.fill(
                .linear(from: (-1, -1), to: (0.1, 0.1), [(0, Colour(0xffffff, 0.3)), (1, Colour(0xffffff, 0))])
            ) {
                canvas.polygon([(-1, -1), (0.5, -1), (-0.45, 1), (-1, 1)])
            }
        }
    }

    private static let red: [Paint.Stop] = [(0, Colour(0xe3242b)), (0.5, Colour(0xd0161e)), (1, Colour(0xa90d18))]

    /// - Parameter apothem: from the middle to the middle of a side.
    private static func octagon(_ canvas: Canvas, _ apothem: Double) {
        let radius = apothem / cos(.pi / 8)
        canvas.polygon(
            (0..<8).map { side in
                let angle = (Double(side) + 0.5) * .pi / 4
                return (radius * cos(angle), radius * sin(angle))
            })
    }

    // Middle lines of letters 0.62 high and 0.32 wide, as traffic signs have them.

    private static func letterS(_ canvas: Canvas) {
        canvas.move(0.105, -0.1)
        canvas.curve(0.105, -0.31, -0.105, -0.31, -0.105, -0.13)
        canvas.curve(-0.105, 0.03, 0.105, -0.03, 0.105, 0.13)
        canvas.curve(0.105, 0.31, -0.105, 0.31, -0.105, 0.1)
    }

    private static func letterT(_ canvas: Canvas) {
        canvas.move(-0.165, -0.248)
        canvas.line(0.165, -0.248)
        canvas.move(0, -0.248)
        canvas.line(0, 0.31)
    }

    private static func letterO(_ canvas: Canvas) {
        canvas.rectangle(-0.1, -0.248, 0.2, 0.496, corner: 0.1)
    }

    private static func letterP(_ canvas: Canvas) {
        canvas.move(-0.1, 0.31)
        canvas.line(-0.1, -0.248)
        canvas.line(0.01, -0.248)
        canvas.curve(0.15, -0.248, 0.15, 0.05, 0.01, 0.05)
        canvas.line(-0.1, 0.05)
    }
}
