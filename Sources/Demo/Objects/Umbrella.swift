import Glibc

extension Drawing {
    /// Open, seen from the side, with a crooked handle.
    static let umbrella = Drawing("umbrella") { canvas in
        canvas.stroke(.across(from: -0.03, to: 0.03, [0xe8eaec, 0x8a9096]), width: 0.04) {
            canvas.move(0, -0.85)
            canvas.line(0, 0.6)
        }
        canvas.stroke(.across(from: -0.08, to: 0.26, [0x9a5a2a, 0x6b3814, 0xa5652f]), width: 0.085) {
            canvas.move(0, 0.5)
            canvas.line(0, 0.76)
            canvas.arcBack(0.15, 0.78, 0.15, from: .pi, to: 0)
            canvas.line(0.3, 0.72)
        }
        canvas.fill(.down(from: -0.1, to: 0.16, [0x2a1420, 0x4a2a38])) {  // the far side's lining
            canvas.ellipse(0, 0.0, 0.9, 0.1)
        }
        let edges = [-0.98, -0.62, -0.22, 0.22, 0.62, 0.98]
        for panel in 0..<5 {
            let isRed = panel % 2 == 0
            let (left, right) = (edges[panel], edges[panel + 1])
            canvas.fill(
                .radial(
                    -0.3, -0.55, 1.35,
                    isRed
                        ? [(0, Colour(0xf2504a)), (0.5, Colour(0xd42630)), (1, Colour(0x86101e))]
                        : [(0, Colour(0xffffff)), (0.5, Colour(0xf0ece2)), (1, Colour(0xb4ada0))])
            ) { gore(canvas, left, right) }
            canvas.stroke(.hex(0x30060c, 0.35), width: 0.012) { gore(canvas, left, right) }
        }
        canvas.glow(-0.4, -0.45, 0.4, 0.3, 0xffffff, 0.4)
        canvas.stroke(.across(from: -0.02, to: 0.02, [0xd8dce0, 0x70767c]), width: 0.035) {
            canvas.move(0, -0.86)
            canvas.line(0, -0.96)
        }
    }

    /// One panel between two ribs, from the top to its sagging hem.
    private static func gore(_ canvas: Canvas, _ left: Double, _ right: Double) {
        func height(_ x: Double) -> Double { 0.02 - 0.1 * (1 - x * x) + 0.1 }
        canvas.move(0, -0.86)
        canvas.curve(left * 0.62, -0.84, left * 0.98, -0.5, left, height(left))
        canvas.curve(
            left + 0.3 * (right - left), height(left) - 0.09, left + 0.7 * (right - left), height(right) - 0.09, right,
            height(right))
        canvas.curve(right * 0.98, -0.5, right * 0.62, -0.84, 0, -0.86)
        canvas.close()
    }
}
