import CFFmpeg
import Glibc
import Pipeline

/// Draws pictures that tell their number: 16 blocks of black and white across the upper eighth, the highest bit first; below
/// them the same with black and white exchanged, so that a mix of two pictures is none. Under them coloured bars, and a
/// bright square on its way over them.
struct NumberedPainter {
    static let bits = 16
    private let pool: FramePool
    private let layout: PixelLayout
    private let width: Int
    private let height: Int

    init(width: Int, height: Int) throws {
        (self.width, self.height) = (width, height)
        // As cameras and files have it, so that the server converts it.
        pool = try FramePool(
            VideoFormat(
                width: width, height: height, pixelFormat: AV_PIX_FMT_YUV420P,
                colour: ColourTags(range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT709),
                sampleAspectRatio: AVRational(num: 1, den: 1), timeBase: AVRational(num: 1, den: 1000)))
        layout = PixelLayout(AV_PIX_FMT_YUV420P)!
    }

    func picture(_ number: Int) throws -> Frame {
        let frame = try frame(number)
        for bar in 0..<7 {
            // 75 % bars in BT.709, from white to blue.
            let colour: [UInt8] = [
                [180, 128, 128], [168, 44, 136], [145, 147, 44], [133, 63, 52], [63, 193, 204], [51, 109, 212],
                [28, 212, 120],
            ][bar]
            fill(
                frame, x: bar * width / 7, y: 0, width: (bar + 1) * width / 7 - bar * width / 7, height: height, colour)
        }
        for bit in 0..<Self.bits {
            let isSet = number >> (Self.bits - 1 - bit) & 1 == 1
            let (x, next) = (bit * width / Self.bits, (bit + 1) * width / Self.bits)
            fill(frame, x: x, y: 0, width: next - x, height: height / 8, [isSet ? 235 : 16, 128, 128])
            fill(frame, x: x, y: height / 8, width: next - x, height: height / 8, [isSet ? 16 : 235, 128, 128])
        }
        let side = height / 6
        let turn = Double(number % 100) / 100 * 2 * Double.pi
        fill(
            frame, x: width / 2 - side / 2 + Int(Double(width) / 3 * cos(turn)),
            y: height * 5 / 8 - side / 2 + Int(Double(height) / 5 * sin(turn)), width: side, height: side,
            [235, 128, 128])
        return frame
    }

    /// A slate in place of a picture: dark, with a lighter stripe.
    func slate(_ number: Int) throws -> Frame {
        let frame = try frame(number)
        fill(frame, x: 0, y: 0, width: width, height: height, [30, 128, 128])
        fill(frame, x: width / 4, y: height / 2 - height / 40, width: width / 2, height: height / 20, [60, 128, 128])
        return frame
    }

    private func frame(_ number: Int) throws -> Frame {
        try pool.frame(index: number, pts: Int64(number) * 40, duration: 40, timeBase: pool.format.timeBase)
    }

    private func fill(_ frame: borrowing Frame, x: Int, y: Int, width: Int, height: Int, _ samples: [UInt8]) {
        for number in 0..<3 {
            let plane = frame.plane(number, layout)
            let shift = number == 0 ? 0 : 1
            for row in (y >> shift)..<min((y + height) >> shift, plane.height) {
                memset(plane.row(row) + (x >> shift), Int32(samples[number]), ((x + width) >> shift) - (x >> shift))
            }
        }
    }
}
