extension Drawing {
    /// A wooden pyramid, its pendulum out to one side.
    static let metronome = Drawing("metronome") { canvas in
        // Feet, body, and the darker flank on the right.
        for x in [-0.46, 0.36] {
            canvas.fill(.hex(0x2c1609)) { canvas.rectangle(x, 0.93, 0.12, 0.06, corner: 0.02) }
        }
        canvas.fill(.linear(from: (-0.5, 0), to: (0.5, 0.1), wood)) {
            canvas.polygon([(-0.2, -0.86), (0.2, -0.86), (0.54, 0.95), (-0.54, 0.95)])
        }
        canvas.fill(.hex(0x3a1a08, 0.5)) {
            canvas.polygon([(0.2, -0.86), (0.165, -0.78), (0.46, 0.9), (0.54, 0.95)])
        }
        canvas.fill(.hex(0xf0b478, 0.3)) {
            canvas.polygon([(-0.2, -0.86), (-0.165, -0.78), (-0.46, 0.9), (-0.54, 0.95)])
        }
        canvas.fill(.across(from: -0.24, to: 0.24, [0xc07a40, 0x8a4a1e, 0x54290e])) {  // cap
            canvas.polygon([(-0.08, -0.99), (0.08, -0.99), (0.23, -0.84), (-0.23, -0.84)])
        }
        // The opening with the scale.
        canvas.fill(.down(from: -0.76, to: 0.42, [0x1c1512, 0x2b211b])) {
            canvas.polygon([(-0.14, -0.76), (0.14, -0.76), (0.35, 0.42), (-0.35, 0.42)])
        }
        canvas.fill(.across(from: -0.06, to: 0.06, [0xf6f2e6, 0xd8d2c0])) {
            canvas.polygon([(-0.05, -0.74), (0.05, -0.74), (0.065, 0.4), (-0.065, 0.4)])
        }
        for mark in 0..<22 {
            let y = -0.7 + 0.05 * Double(mark)
            canvas.stroke(.hex(0x2a2520), width: 0.01, isCut: true) {
                let half = mark % 2 == 0 ? 0.045 : 0.028
                canvas.move(-half, y)
                canvas.line(half, y)
            }
        }
        for y in [0.5, 0.84] {
            canvas.stroke(.hex(0x3c1c0a, 0.6), width: 0.014, isCut: true) {
                canvas.move(-0.455 - 0.08 * (y - 0.5) / 0.34, y)
                canvas.line(0.455 + 0.08 * (y - 0.5) / 0.34, y)
            }
        }
        canvas.fill(.radial(-0.02, 0.65, 0.12, [(0, Colour(0xffe9a8)), (1, Colour(0xa8741c))])) {  // badge
            canvas.ellipse(0, 0.67, 0.12, 0.07)
        }
        pendulum(canvas)
    }

    private static let wood: [Paint.Stop] = [
        (0, Colour(0xb56a35)), (0.2, Colour(0xa1562a)), (0.45, Colour(0xb4652f)), (0.7, Colour(0x8c4720)),
        (1, Colour(0x6f3414)),
    ]

    private static func pendulum(_ canvas: Canvas) {
        for (offset, isShadow) in [(0.03, true), (0, false)] {
            canvas.saved {
                canvas.translate(offset, 0.4 + offset)
                canvas.rotate(0.5)
                canvas.stroke(
                    isShadow ? .hex(0, 0.3) : .across(from: -0.02, to: 0.02, [0xffffff, 0x7f858c]), width: 0.032
                ) {
                    canvas.move(0, 0)
                    canvas.line(0, -1.2)
                }
                canvas.fill(isShadow ? .hex(0, 0.3) : .across(from: -0.1, to: 0.1, [0xf6f7f8, 0xb4bac1, 0x6a7078])) {
                    canvas.polygon([(-0.1, -0.88), (0.1, -0.88), (0.065, -0.72), (-0.065, -0.72)])
                }
            }
        }
    }
}
