extension Drawing {
    /// A lacquered disc.
    static let yinYang = Drawing("yin-yang") { canvas in
        canvas.fill(.hex(0x101012)) { canvas.circle(0, 0, 0.99) }
        canvas.fill(.radial(-0.3, -0.4, 1.5, [(0, Colour(0xffffff)), (0.6, Colour(0xf1f0ec)), (1, Colour(0xc6c4be))])) {
            canvas.circle(0, 0, 0.94)
        }
        let black = Paint.radial(
            -0.45, -0.2, 1.4, [(0, Colour(0x3a3b40)), (0.45, Colour(0x151518)), (1, Colour(0x08080a))])
        canvas.fill(black) {
            canvas.arc(0, 0, 0.95, from: .pi / 2, to: 1.5 * .pi)
            canvas.arcBack(0, -0.475, 0.475, from: 1.5 * .pi, to: .pi / 2)
            // The curve's lower half bulges to the right.
            canvas.arc(0, 0.475, 0.475, from: -.pi / 2, to: .pi / 2)
        }
        canvas.fill(black) { canvas.circle(0, -0.475, 0.135) }
        canvas.fill(.hex(0xf4f3ef)) { canvas.circle(0, 0.475, 0.135) }
        canvas.clip { canvas.circle(0, 0, 0.99) }
        canvas.glow(-0.42, -0.55, 0.75, 0.5, 0xffffff, 0.4)
    }
}
