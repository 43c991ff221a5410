import Glibc
import Pipeline

extension Drawing {
    /// Two rings of petals around a disc whose florets stand in the golden angle (Vogel 1979).
    static let sunflower = Drawing("sunflower") { canvas in
        var random = SplitMix64(11)
        for ring in 0..<3 {
            let count = [20, 19, 17][ring]
            for number in 0..<count {
                let turn = (Double(number) + 0.37 * Double(ring) + random.value(in: -0.22...0.22)) / Double(count)
                canvas.saved {
                    canvas.rotate(turn * 2 * .pi)
                    petal(
                        canvas, length: [0.98, 0.93, 0.82][ring] - random.value(in: 0...0.08),
                        width: 0.125 + random.value(in: -0.015...0.015), light: ring)
                }
            }
        }
        canvas.fill(.radial(0, 0, 0.5, [(0.72, Colour(0x3a1c05, 0.75)), (1, Colour(0x3a1c05, 0))])) {
            canvas.circle(0, 0, 0.5)
        }
        canvas.fill(
            .radial(
                -0.02, -0.03, 0.42,
                [(0, Colour(0x4f3a18)), (0.35, Colour(0x37200c)), (0.7, Colour(0x2a1507)), (1, Colour(0x5b3209))])
        ) { canvas.circle(0, 0, 0.41) }
        for floret in 0..<520 {
            let radius = 0.405 * (Double(floret) / 520).squareRoot()
            let angle = Double(floret) * .pi * (3 - 5.0.squareRoot())
            let (x, y) = (radius * cos(angle), radius * sin(angle))
            let share = radius / 0.405
            let colour =
                share < 0.4
                ? Colour(0x8a7a34).mixed(with: Colour(0x4a2c10), share / 0.4)
                : Colour(0x4a2c10).mixed(with: Colour(0xc67a14), max(0, share - 0.62) / 0.38)
            canvas.fill(.colour(colour)) { canvas.circle(x, y, 0.0105) }
            canvas.fill(.hex(0xffd890, 0.28)) { canvas.circle(x - 0.003, y - 0.004, 0.004) }
        }
    }

    /// Along x, from under the disc outwards.
    private static func petal(_ canvas: Canvas, length: Double, width: Double, light: Int) {
        let base: UInt32 = [0xc96f04, 0xdb7f06, 0xe88c08][light]
        let tip: UInt32 = [0xf2b60c, 0xfcc818, 0xffd832][light]
        func outline() {
            canvas.move(0.25, 0)
            canvas.curve(0.42, -width, 0.74 * length, -1.15 * width, length, 0)
            canvas.curve(0.74 * length, 1.15 * width, 0.42, width, 0.25, 0)
        }
        canvas.fill(
            .linear(from: (0.34, 0), to: (length, 0), [(0, Colour(base)), (0.45, Colour(tip)), (1, Colour(tip))]),
            outline)
        canvas.saved {
            canvas.clip(outline)
            for line in [-0.5, 0, 0.5] {
                canvas.stroke(.hex(0xa85c00, 0.35), width: 0.012) {
                    canvas.move(0.3, line * 0.3 * width)
                    canvas.curve(
                        0.5, line * width, 0.7 * length, line * 1.1 * width, 0.93 * length, line * 0.25 * width)
                }
            }
        }
        canvas.stroke(.hex(0x8a4a00, 0.45), width: 0.01, outline)
    }
}
