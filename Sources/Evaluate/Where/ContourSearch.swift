import Pipeline

/// The borders of what is set in a picture of two values: of parts, whose pixels touch by an edge or a corner, and of the holes in
/// them, each along the pixels that are set.
///
/// Suzuki and Abe 1985, algorithm 1, with the marks of OpenCV's `findContours`; areas are those of its `contourArea`: of the
/// polygon through the centres of the border's pixels, so that a line has none.
struct ContourSearch {
    struct Contour: Equatable {
        let box: PixelBox
        /// Twice the area: a whole number.
        let twiceArea: Int
    }

    private let width: Int
    private let height: Int
    private let stride: Int
    private let bytes: [UInt8]
    /// Of each row of bytes.
    private let highest: [UInt8]
    /// With a border of a pixel that is not set. 0: not set; 1: set; beyond that, on a border that was followed, and
    /// negative where what lies right of it is not set.
    private var marks: [Int8]

    private static let followed: Int8 = 2
    private static let followedAtRight: Int8 = -126

    /// - Parameter bytes: `[height, width]`.
    init(_ bytes: [UInt8], width: Int, height: Int) {
        precondition(bytes.count == width * height)
        (self.width, self.height, self.bytes, stride) = (width, height, bytes, width + 2)
        highest = (0..<height).map { bytes[$0 * width..<($0 + 1) * width].max()! }
        marks = [Int8](repeating: 0, count: (width + 2) * (height + 2))
    }

    /// - Parameters:
    ///   - level: what is above it is set.
    ///   - found: gets the contours in reading order of where each is met first.
    mutating func callAsFunction(above level: UInt8, _ found: (Contour) -> Void) {
        let (width, height, stride, highest) = (width, height, stride, highest)
        marks.withUnsafeMutableBufferPointer { marks in
            bytes.withUnsafeBufferPointer { bytes in
                for y in 0..<height {
                    let row = (y + 1) * stride + 1
                    for x in 0..<width { marks[row + x] = bytes[y * width + x] > level ? 1 : 0 }
                }
            }
            let start = UnsafeRawPointer(marks.baseAddress!)
            for y in 1...height where highest[y - 1] > level {
                let row = y * stride
                var before: Int8 = 0
                var x = 1
                while x <= width + 1 {
                    // Most neighbours are alike: eight at a time.
                    if x + 7 <= width + 1,
                        start.loadUnaligned(fromByteOffset: row + x, as: UInt64.self)
                            == Self.eight(before)
                    {
                        x += 8
                        continue
                    }
                    let mark = marks[row + x]
                    if mark != before {
                        if before == 0, mark == 1 {
                            found(Self.follow(marks, stride, x, y, isHole: false))
                        } else if mark == 0, before >= 1 {
                            found(Self.follow(marks, stride, x - 1, y, isHole: true))
                        }
                        before = marks[row + x]
                    }
                    x += 1
                }
            }
        }
    }

    private static func eight(_ mark: Int8) -> UInt64 { UInt64(UInt8(bitPattern: mark)) &* 0x0101_0101_0101_0101 }

    /// Steps to the eight neighbours, from the right one against the clock.
    private static let steps: [(x: Int, y: Int)] = [
        (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1),
    ]

    private static func follow(
        _ marks: UnsafeMutableBufferPointer<Int8>, _ stride: Int, _ startX: Int, _ startY: Int, isHole: Bool
    ) -> Contour {
        func place(_ x: Int, _ y: Int, _ direction: Int) -> Int {
            (y + steps[direction].y) * stride + x + steps[direction].x
        }
        var box = PixelBox(x0: startX - 1, y0: startY - 1, x1: startX, y1: startY)
        let start = startY * stride + startX
        // What is met first with the clock is the border's last pixel.
        let away = isHole ? 0 : 4
        var direction = away
        repeat {
            direction = (direction + 7) & 7
        } while marks[place(startX, startY, direction)] == 0
            && direction != away
        if direction == away {
            marks[start] = followedAtRight
            return Contour(box: box, twiceArea: 0)
        }
        let last = place(startX, startY, direction)
        var (x, y, twiceArea) = (startX, startY, 0)
        while true {
            let from = direction
            repeat { direction += 1 } while marks[place(x, y, direction & 7)] == 0
            direction &= 7
            let here = y * stride + x
            if direction >= 1, direction - 1 < from {
                marks[here] = followedAtRight
            } else if marks[here] == 1 {
                marks[here] = followed
            }
            let step = steps[direction]
            twiceArea += x * step.y - y * step.x
            (x, y) = (x + step.x, y + step.y)
            if y * stride + x == start, here == last { break }
            box = PixelBox(
                x0: min(box.x0, x - 1), y0: min(box.y0, y - 1), x1: max(box.x1, x), y1: max(box.y1, y))
            direction = (direction + 4) & 7
        }
        return Contour(box: box, twiceArea: abs(twiceArea))
    }
}
