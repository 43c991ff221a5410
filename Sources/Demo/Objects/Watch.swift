import Glibc

extension Drawing {
    /// A steel wristwatch at ten past ten, its bracelet going up and down.
    static let watch = Drawing("watch") { canvas in
        for side in [-1.0, 1] {
            canvas.saved {
                canvas.scale(x: 1, y: side)
                bracelet(canvas, isLower: side > 0)
            }
        }
        // Crown and pushers.
        for (y, height) in [(0.0, 0.15), (-0.26, 0.1), (0.26, 0.1)] {
            canvas.fill(.down(from: y - height / 2, to: y + height / 2, [0xf4f5f7, 0xa6abb2, 0x5d6269])) {
                canvas.rectangle(0.47 - abs(y) * 0.22, y - height / 2, 0.2, height, corner: 0.03)
            }
        }
        canvas.fill(
            .linear(
                from: (-0.5, -0.5), to: (0.5, 0.5),
                [(0, Colour(0xffffff)), (0.35, Colour(0xb9bec5)), (0.65, Colour(0x7d838b)), (1, Colour(0xd9dde2))])
        ) { canvas.circle(0, 0, 0.58) }
        canvas.fill(
            .linear(from: (-0.4, -0.4), to: (0.4, 0.4), [(0, Colour(0x70757c)), (1, Colour(0xf2f4f6))])
        ) { canvas.circle(0, 0, 0.5) }
        dial(canvas)
        hands(canvas)
        canvas.saved {  // the crystal
            canvas.clip { canvas.circle(0, 0, 0.465) }
            canvas.fill(
                .linear(from: (-0.4, -0.4), to: (0.12, 0.12), [(0, Colour(0xffffff, 0.5)), (1, Colour(0xffffff, 0))])
            ) { canvas.polygon([(-0.5, -0.5), (0.3, -0.5), (-0.35, 0.5), (-0.5, 0.5)]) }
        }
    }

    /// Three columns of links, downwards from the case.
    private static func bracelet(_ canvas: Canvas, isLower: Bool) {
        canvas.fill(.across(from: -0.42, to: 0.42, [0xd6dadf, 0x9ba1a9, 0x6d737b])) {  // lugs
            canvas.polygon([(-0.46, 0.3), (0.46, 0.3), (0.37, 0.6), (-0.37, 0.6)])
        }
        for row in 0..<6 {
            let y = 0.5 + 0.082 * Double(row)
            let half = 0.335 - 0.009 * Double(row)
            let shade = 0.07 * Double(row)
            for (left, width) in [(-half, half * 0.6), (-half * 0.4, half * 0.8), (half * 0.4, half * 0.6)] {
                let isMiddle = left > -half && left < 0
                let tones: [UInt32] = isMiddle ? [0xfafbfc, 0xd5d9de, 0x8b9199] : [0xc9ced4, 0x979da5, 0x666c74]
                let (top, bottom) = (isLower ? y : y + 0.078, isLower ? y + 0.078 : y)
                canvas.fill(.down(from: top, to: bottom, tones)) {
                    canvas.rectangle(left + 0.004, y, width - 0.008, 0.076, corner: 0.018)
                }
                canvas.fill(.hex(0x15181c, shade)) {
                    canvas.rectangle(left + 0.004, y, width - 0.008, 0.076, corner: 0.018)
                }
            }
        }
    }

    private static func dial(_ canvas: Canvas) {
        canvas.fill(
            .radial(-0.1, -0.12, 0.62, [(0, Colour(0xffffff)), (0.7, Colour(0xf1f2f0)), (1, Colour(0xc9ccce))])
        ) { canvas.circle(0, 0, 0.465) }
        for minute in 0..<60 {
            canvas.saved {
                canvas.rotate(Double(minute) * .pi / 30)
                guard minute % 5 == 0 else {
                    canvas.stroke(.hex(0x3a3d42), width: 0.008, isCut: true) {
                        canvas.move(0.415, 0)
                        canvas.line(0.44, 0)
                    }
                    return
                }
                let isQuarter = minute % 15 == 0
                canvas.fill(.hex(0x22252a)) {
                    canvas.rectangle(0.33, isQuarter ? -0.022 : -0.014, 0.11, isQuarter ? 0.044 : 0.028)
                }
                canvas.fill(.hex(0xd8dce0)) {
                    canvas.rectangle(0.336, isQuarter ? -0.008 : -0.003, 0.098, isQuarter ? 0.016 : 0.006)
                }
            }
        }
        canvas.stroke(.hex(0x8d9298), width: 0.008) { canvas.circle(0, 0.2, 0.095) }
        canvas.stroke(.hex(0x8d9298), width: 0.008) { canvas.circle(-0.19, 0, 0.08) }
        canvas.fill(.hex(0x3a3d42)) { canvas.rectangle(-0.07, -0.215, 0.14, 0.022) }
    }

    private static func hands(_ canvas: Canvas) {
        for (turn, length, width) in [(305.0, 0.25, 0.042), (60.0, 0.37, 0.032)] {
            for (offset, colour) in [(0.012, Colour(0x000000, 0.25)), (0, Colour(0x1d2024))] {
                canvas.saved {
                    canvas.translate(offset, offset)
                    canvas.rotate(turn * .pi / 180)
                    canvas.fill(.colour(colour)) {
                        canvas.polygon([
                            (-width / 2, 0.06), (-width / 2, -0.8 * length), (0, -length), (width / 2, -0.8 * length),
                            (width / 2, 0.06),
                        ])
                    }
                }
            }
        }
        canvas.saved {
            canvas.rotate(2.5)
            canvas.stroke(.hex(0xb8202a), width: 0.012) {
                canvas.move(0, 0.1)
                canvas.line(0, -0.39)
            }
        }
        canvas.fill(.hex(0xc9ced4)) { canvas.circle(0, 0, 0.026) }
    }
}
