import Glibc

extension Drawing {
    /// With two pickups and one cutaway, lying, the head to the right.
    static let electricGuitar = Drawing("electric guitar") { canvas in
        canvas.fill(.across(from: -0.4, to: 0.82, [0x5a3418, 0x3f2411, 0x54301a])) {  // neck
            canvas.polygon([(-0.4, -0.066), (0.8, -0.045), (0.8, 0.045), (-0.4, 0.066)])
        }
        headstock(canvas)
        canvas.fill(
            .radial(
                -0.62, -0.05, 0.5,
                [(0, Colour(0xf5a93a)), (0.45, Colour(0xd9541c)), (0.8, Colour(0x9a160f)), (1, Colour(0x3d0606))])
        ) { body(canvas) }
        canvas.stroke(.hex(0xf3e6c4), width: 0.016) { body(canvas) }
        canvas.fill(.hex(0x17120f)) {  // fingerboard
            canvas.polygon([(-0.38, -0.055), (0.79, -0.04), (0.79, 0.04), (-0.38, 0.055)])
        }
        for fret in 1...20 {
            let x = 0.78 - 1.4 * (1 - pow(2, -Double(fret) / 12))
            guard x > -0.38 else { break }
            canvas.stroke(.hex(0xc9cdd2), width: 0.008, isCut: true) {
                canvas.move(x, -0.05)
                canvas.line(x, 0.05)
            }
            if [3, 5, 7, 9, 12, 15, 17].contains(fret) {
                let behind = 0.78 - 1.4 * (1 - pow(2, -Double(fret - 1) / 12))
                canvas.fill(.hex(0xe9e4d4)) { canvas.ellipse((x + behind) / 2, 0, 0.012, 0.02) }
            }
        }
        for x in [-0.52, -0.7] {  // pickups
            canvas.fill(.hex(0x111113)) { canvas.rectangle(x - 0.045, -0.1, 0.09, 0.2, corner: 0.012) }
            canvas.fill(.across(from: x - 0.035, to: x + 0.035, [0xf4f5f6, 0xa9aeb4])) {
                canvas.rectangle(x - 0.034, -0.085, 0.068, 0.17, corner: 0.01)
            }
        }
        for x in [-0.8, -0.88] {  // bridge and tailpiece
            canvas.fill(.across(from: x - 0.02, to: x + 0.02, [0xffffff, 0x8d939a])) {
                canvas.rectangle(x - 0.017, -0.105, 0.034, 0.21, corner: 0.015)
            }
        }
        for (x, y) in [(-0.72, 0.22), (-0.84, 0.19), (-0.62, 0.25), (-0.78, 0.29)] {
            canvas.fill(.radial(x - 0.01, y - 0.01, 0.035, [(0, Colour(0xffe7a8)), (1, Colour(0x7a4a10))])) {
                canvas.circle(x, y, 0.031)
            }
        }
        for string in 0..<6 {
            let y = -0.0375 + 0.015 * Double(string)
            canvas.stroke(.hex(0xe8eaec, 0.8), width: 0.004, isCut: true) {
                canvas.move(-0.88, y * 1.5)
                canvas.line(0.8, y * 0.85)
            }
        }
        canvas.saved {
            canvas.clip { body(canvas) }
            canvas.fill(
                .linear(from: (-0.9, -0.4), to: (-0.6, 0.1), [(0, Colour(0xffffff, 0.4)), (1, Colour(0xffffff, 0))])
            ) {
                canvas.ellipse(-0.72, -0.26, 0.34, 0.16)
            }
        }
    }

    private static func body(_ canvas: Canvas) {
        canvas.move(-0.28, -0.07)
        canvas.curve(-0.24, -0.2, -0.3, -0.3, -0.42, -0.285)
        canvas.curve(-0.52, -0.275, -0.56, -0.24, -0.64, -0.3)
        canvas.curve(-0.78, -0.41, -0.99, -0.34, -0.99, 0.0)
        canvas.curve(-0.99, 0.34, -0.78, 0.43, -0.62, 0.33)
        canvas.curve(-0.54, 0.27, -0.48, 0.29, -0.38, 0.33)
        canvas.curve(-0.28, 0.36, -0.19, 0.28, -0.17, 0.2)
        canvas.curve(-0.22, 0.24, -0.3, 0.2, -0.3, 0.07)
        canvas.close()
    }

    private static func headstock(_ canvas: Canvas) {
        for number in 0..<3 {  // tuners
            let x = 0.86 + 0.045 * Double(number)
            for side in [-1.0, 1] {
                canvas.fill(.radial(x, side * 0.115, 0.03, [(0, Colour(0xfafafa)), (1, Colour(0x8a9097))])) {
                    canvas.ellipse(x, side * 0.115, 0.018, 0.026)
                }
            }
        }
        canvas.fill(.down(from: -0.09, to: 0.09, [0x3a3634, 0x141212])) {
            canvas.move(0.78, -0.05)
            canvas.curve(0.82, -0.05, 0.82, -0.09, 0.86, -0.1)
            canvas.line(0.985, -0.075)
            canvas.line(0.965, 0)
            canvas.line(0.985, 0.075)
            canvas.line(0.86, 0.1)
            canvas.curve(0.82, 0.09, 0.82, 0.05, 0.78, 0.05)
            canvas.close()
        }
        for number in 0..<3 {
            for side in [-1.0, 1] {
                canvas.fill(.hex(0xd5d9dd)) { canvas.circle(0.86 + 0.045 * Double(number), side * 0.055, 0.012) }
            }
        }
    }
}
