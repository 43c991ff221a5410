import Glibc

extension Drawing {
    static let strawberry = Drawing("strawberry") { canvas in
        let flesh = Paint.radial(
            -0.05, 0, 1.12, focus: (-0.3, -0.28),
            [(0, Colour(0xf04438)), (0.35, Colour(0xd81a20)), (0.7, Colour(0xb00a18)), (1, Colour(0x5a020c))])
        canvas.fill(flesh) { berry(canvas) }
        canvas.saved {
            canvas.clip { berry(canvas) }
            for row in 0..<13 {
                // Rows bend and close up towards the rim, as on a round body, and get fewer seeds towards the tip.
                let down = Double(row) / 12
                let half = 0.79 * (1 - 0.76 * pow(down, 2.1))
                let count = max(2, Int((half * 16.5).rounded())) + row % 2
                for column in 0..<count {
                    let across = (Double(column) + 0.5) / Double(count) * 2 - 1
                    let x = half * sin(across * 1.45)
                    let y = -0.42 + 1.28 * down - 0.1 * across * across
                    seed(canvas, x, y, turn: -0.5 * across, breadth: cos(across * 1.35))
                }
            }
        }
        canvas.glow(-0.36, -0.16, 0.3, 0.44, 0xffffff, 0.36)
        canvas.glow(0, -0.5, 0.62, 0.26, 0x300206, 0.7)
        canvas.stroke(.across(from: -0.05, to: 0.12, [0x8fbf4a, 0x3f7420]), width: 0.075) {
            canvas.move(0.0, -0.6)
            canvas.curve(0.0, -0.78, 0.06, -0.86, 0.13, -0.94)
        }
        for (angle, length) in [
            (2.75, 0.52), (0.38, 0.5), (2.3, 0.42), (0.85, 0.42), (3.3, 0.46), (-0.2, 0.46), (1.57, 0.36), (1.98, 0.34),
            (1.18, 0.34),
        ] {
            canvas.saved {
                canvas.translate(0, -0.61)
                canvas.rotate(angle)
                leaf(canvas, length)
            }
        }
    }

    private static func berry(_ canvas: Canvas) {
        canvas.move(0, -0.6)
        canvas.curve(0.42, -0.76, 0.9, -0.52, 0.82, -0.06)
        canvas.curve(0.74, 0.38, 0.34, 0.98, 0, 0.99)
        canvas.curve(-0.34, 0.98, -0.74, 0.38, -0.82, -0.06)
        canvas.curve(-0.9, -0.52, -0.42, -0.76, 0, -0.6)
        canvas.close()
    }

    /// An achene in its hollow.
    private static func seed(_ canvas: Canvas, _ x: Double, _ y: Double, turn: Double, breadth: Double) {
        canvas.saved {
            canvas.translate(x, y)
            canvas.rotate(turn)
            canvas.scale(x: 0.72 * max(0.35, breadth), y: 0.72)
            canvas.fill(.hex(0x6d0610, 0.6)) { canvas.ellipse(0.004, 0, 0.036, 0.052) }
            canvas.fill(.down(from: -0.04, to: 0.04, [0xffe58a, 0xd79a2c])) { canvas.ellipse(0, 0.006, 0.021, 0.036) }
            canvas.stroke(.hex(0xff9a8c, 0.6), width: 0.012) { canvas.arc(0, 0, 0.052, from: 0.4, to: 2.7) }
        }
    }

    /// A sepal along x.
    private static func leaf(_ canvas: Canvas, _ length: Double) {
        canvas.fill(
            .linear(
                from: (0, -0.1), to: (length, 0.1),
                [(0, Colour(0x2f6a1c)), (0.5, Colour(0x5a9c34)), (1, Colour(0x8cc455))])
        ) {
            canvas.move(0, -0.05)
            canvas.curve(0.3 * length, -0.2, 0.7 * length, -0.12, length, 0.03)
            canvas.curve(0.7 * length, 0.12, 0.3 * length, 0.16, 0, 0.05)
            canvas.close()
        }
        canvas.stroke(.hex(0x234f14, 0.7), width: 0.012) {
            canvas.move(0.04, 0)
            canvas.curve(0.3 * length, -0.03, 0.7 * length, -0.02, 0.93 * length, 0.02)
        }
    }
}
