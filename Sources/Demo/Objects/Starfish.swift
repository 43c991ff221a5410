import Glibc
import Pipeline

extension Drawing {
    /// Five tapering arms with rows of knobs.
    static let starfish = Drawing("starfish") { canvas in
        let skin = Paint.radial(
            -0.1, -0.1, 1.05,
            [(0, Colour(0xf0b467)), (0.35, Colour(0xe09a4c)), (0.75, Colour(0xc77934)), (1, Colour(0xa65d24))])
        canvas.fill(skin) { star(canvas, 1) }
        canvas.saved {
            canvas.clip { star(canvas, 1) }
            // Lit from the upper left: each arm has a bright and a dark flank.
            for arm in 0..<5 {
                canvas.saved {
                    canvas.rotate(direction(arm))
                    let isDarkBelow = cos(direction(arm)) > 0 || sin(direction(arm)) > 0.5
                    let (above, below): (UInt32, UInt32) =
                        isDarkBelow ? (0xfff0c8, 0x5a2c08) : (0x5a2c08, 0xfff0c8)
                    for (rgb, side) in [(above, -1.0), (below, 1.0)] {
                        canvas.glow(0.55, 0.19 * side, 0.6, 0.16, rgb, 0.75)
                    }
                }
            }
            var random = SplitMix64(5)
            for _ in 0..<900 {
                let (x, y) = (random.value(in: -1...1), random.value(in: -1...1))
                canvas.fill(.hex(random.value(in: 0...1) < 0.5 ? 0x8a4a1a : 0xffdca0, 0.3)) {
                    canvas.circle(x, y, random.value(in: 0.006...0.014))
                }
            }
            for arm in 0..<5 {
                canvas.saved {
                    canvas.rotate(direction(arm))
                    knobs(canvas)
                }
            }
            canvas.stroke(.hex(0x6e3a12, 0.55), width: 0.035) { star(canvas, 1) }
        }
    }

    private static func direction(_ arm: Int) -> Double { -.pi / 2 + Double(arm) * 2 * .pi / 5 }

    private static func star(_ canvas: Canvas, _ size: Double) {
        for arm in 0..<5 {
            canvas.saved {
                canvas.rotate(direction(arm) + (arm % 2 == 0 ? 0.04 : -0.03))
                let (innerX, innerY) = (0.36 * cos(Double.pi / 5), 0.36 * sin(Double.pi / 5))
                if arm == 0 { canvas.move(innerX * size, -innerY * size) } else { canvas.line(innerX, -innerY) }
                canvas.curve(0.5, -0.17, 0.75, -0.12, 0.93, -0.055)
                canvas.curve(1.0, -0.03, 1.0, 0.03, 0.93, 0.055)
                canvas.curve(0.75, 0.12, 0.5, 0.17, innerX, innerY)
            }
        }
        canvas.close()
    }

    private static func knobs(_ canvas: Canvas) {
        func knob(_ x: Double, _ y: Double, _ radius: Double) {
            canvas.fill(.hex(0x6b3710, 0.45)) { canvas.circle(x + 0.006, y + 0.006, radius * 1.15) }
            canvas.fill(
                .radial(x - 0.3 * radius, y - 0.3 * radius, radius, [(0, Colour(0xfff3d6)), (1, Colour(0xe8b878))])
            ) {
                canvas.circle(x, y, radius)
            }
        }
        for step in 0..<13 {
            let along = 0.06 + 0.072 * Double(step)
            let breadth = 0.21 * (1 - along) + 0.03
            knob(along, 0, 0.021 - 0.009 * along)
            knob(along + 0.03, breadth * 0.55, 0.015 - 0.006 * along)
            knob(along + 0.03, -breadth * 0.55, 0.015 - 0.006 * along)
            guard along > 0.3 else { continue }
            knob(along, breadth * 0.98, 0.017 - 0.006 * along)
            knob(along, -breadth * 0.98, 0.017 - 0.006 * along)
        }
    }
}
