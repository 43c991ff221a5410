import Glibc

extension Drawing {
    /// A monarch from above, wings spread.
    static let butterfly = Drawing("butterfly") { canvas in
        for side in [1.0, -1] {
            canvas.saved {
                canvas.scale(x: side, y: 1)
                wing(canvas, hindWing, veins: hindVeins)
                wing(canvas, foreWing, veins: foreVeins)
                spots(canvas)
            }
        }
        for side in [1.0, -1] {
            canvas.stroke(.hex(0x141210), width: 0.016) {
                canvas.move(0.02 * side, -0.32)
                canvas.curve(0.06 * side, -0.5, 0.16 * side, -0.62, 0.24 * side, -0.68)
            }
            canvas.fill(.hex(0x141210)) { canvas.circle(0.245 * side, -0.685, 0.02) }
        }
        canvas.fill(.across(from: -0.06, to: 0.07, [0x4a4540, 0x1c1916, 0x080707])) {
            canvas.ellipse(0, -0.3, 0.05, 0.055)
            canvas.ellipse(0, -0.14, 0.068, 0.16)
            canvas.ellipse(0, 0.2, 0.048, 0.26)
        }
        for (x, y) in [(-0.025, -0.31), (0.025, -0.31), (-0.03, -0.22), (0.03, -0.22), (0, -0.12), (-0.02, -0.02)] {
            canvas.fill(.hex(0xf6f2e8)) { canvas.circle(x, y, 0.011) }
        }
        for ring in 0..<6 {
            canvas.stroke(.hex(0x8a7a60, 0.5), width: 0.008) {
                canvas.arc(0, 0.04 + 0.065 * Double(ring), 0.05, from: 0.6, to: 2.5)
            }
        }
    }

    private static let ink = Paint.hex(0x16110d)

    /// The black wing, and in it the orange cells between the veins.
    private static func wing(_ canvas: Canvas, _ outline: (Canvas) -> Void, veins: [[(Double, Double)]]) {
        canvas.fill(ink) { outline(canvas) }
        canvas.saved {
            canvas.clip { outline(canvas) }
            canvas.saved {
                // The orange part is the wing itself made smaller, which leaves the black margin.
                canvas.translate(0.055, 0)
                canvas.scale(x: 0.83, y: 0.84)
                canvas.fill(
                    .radial(
                        0.1, 0, 0.95,
                        [
                            (0, Colour(0xc95a0c)), (0.35, Colour(0xf08418)), (0.75, Colour(0xf79a28)),
                            (1, Colour(0xdd6a10)),
                        ])
                ) { outline(canvas) }
            }
            for vein in veins {
                canvas.stroke(ink, width: 0.022) {
                    canvas.move(vein[0].0, vein[0].1)
                    canvas.curve(vein[1].0, vein[1].1, vein[2].0, vein[2].1, vein[3].0, vein[3].1)
                }
            }
            canvas.fill(
                .linear(from: (0, -0.7), to: (0.6, 0.7), [(0, Colour(0xffffff, 0.16)), (0.5, Colour(0xffffff, 0))])
            ) { outline(canvas) }
        }
    }

    private static func foreWing(_ canvas: Canvas) {
        canvas.move(0.02, -0.2)
        canvas.curve(0.25, -0.5, 0.62, -0.72, 0.9, -0.74)
        canvas.curve(1.0, -0.74, 1.01, -0.66, 0.96, -0.56)
        canvas.curve(0.87, -0.38, 0.84, -0.2, 0.77, -0.02)
        canvas.curve(0.55, 0.08, 0.28, 0.04, 0.04, -0.02)
        canvas.close()
    }

    private static func hindWing(_ canvas: Canvas) {
        canvas.move(0.03, -0.06)
        canvas.curve(0.28, -0.08, 0.6, -0.06, 0.74, 0.02)
        canvas.curve(0.84, 0.16, 0.78, 0.42, 0.6, 0.58)
        canvas.curve(0.46, 0.72, 0.28, 0.72, 0.2, 0.62)
        canvas.curve(0.12, 0.46, 0.06, 0.2, 0.03, -0.06)
        canvas.close()
    }

    private static let foreVeins: [[(Double, Double)]] = [
        [(0.04, -0.14), (0.3, -0.36), (0.5, -0.42), (0.62, -0.46)],
        [(0.04, -0.1), (0.3, -0.2), (0.5, -0.22), (0.62, -0.46)],
        [(0.58, -0.44), (0.7, -0.58), (0.8, -0.62), (0.95, -0.68)],
        [(0.6, -0.42), (0.7, -0.46), (0.82, -0.48), (0.93, -0.5)],
        [(0.58, -0.36), (0.68, -0.34), (0.78, -0.32), (0.88, -0.32)],
        [(0.5, -0.26), (0.6, -0.2), (0.72, -0.16), (0.84, -0.14)],
        [(0.4, -0.22), (0.5, -0.12), (0.6, -0.04), (0.7, 0.02)],
        [(0.1, -0.1), (0.25, -0.06), (0.4, -0.02), (0.52, 0.04)],
    ]

    private static let hindVeins: [[(Double, Double)]] = [
        [(0.05, 0.0), (0.2, 0.04), (0.34, 0.08), (0.42, 0.2)],
        [(0.08, 0.1), (0.16, 0.22), (0.26, 0.28), (0.42, 0.2)],
        [(0.4, 0.12), (0.52, 0.1), (0.66, 0.1), (0.8, 0.12)],
        [(0.42, 0.18), (0.54, 0.22), (0.66, 0.28), (0.78, 0.34)],
        [(0.42, 0.2), (0.5, 0.32), (0.58, 0.42), (0.66, 0.54)],
        [(0.38, 0.24), (0.42, 0.38), (0.46, 0.5), (0.5, 0.66)],
        [(0.28, 0.26), (0.3, 0.4), (0.32, 0.54), (0.34, 0.68)],
        [(0.14, 0.2), (0.18, 0.34), (0.22, 0.48), (0.24, 0.62)],
    ]

    /// White ones in two rows along the margins, and larger ones near the tip.
    private static func spots(_ canvas: Canvas) {
        func row(
            _ from: (Double, Double), _ control: (Double, Double), _ to: (Double, Double), _ count: Int,
            _ radius: Double
        ) {
            for number in 0..<count {
                let t = (Double(number) + 0.5) / Double(count)
                let (a, b, c) = ((1 - t) * (1 - t), 2 * t * (1 - t), t * t)
                let (x, y) = (a * from.0 + b * control.0 + c * to.0, a * from.1 + b * control.1 + c * to.1)
                canvas.fill(.hex(0xfbf7ee)) { canvas.circle(x, y, radius) }
            }
        }
        row((0.945, -0.6), (0.85, -0.35), (0.77, -0.06), 9, 0.012)
        row((0.91, -0.62), (0.82, -0.38), (0.735, -0.05), 8, 0.009)
        row((0.755, 0.1), (0.79, 0.36), (0.585, 0.56), 7, 0.013)
        row((0.56, 0.585), (0.4, 0.72), (0.235, 0.61), 6, 0.013)
        row((0.72, 0.14), (0.74, 0.34), (0.55, 0.525), 6, 0.01)
        for (x, y) in [(0.68, -0.6), (0.75, -0.55), (0.79, -0.49), (0.62, -0.54), (0.82, -0.68)] {
            canvas.fill(.hex(0xffe7c0)) { canvas.ellipse(x, y, 0.026, 0.017) }
        }
    }
}
