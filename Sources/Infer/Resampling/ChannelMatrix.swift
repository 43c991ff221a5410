import CFFmpeg
import CResize
import Pipeline

/// A picture's planes, or parts of them.
typealias PlaneTriple = (cresize_plane, cresize_plane, cresize_plane)

/// What each channel of the model's input is made of: shares of a picture's three planes, and a constant; for 0...255.
struct ChannelMatrix: Equatable {
    /// One a channel, in the card's order.
    let rows: [SIMD4<Float>]

    /// Of planes that are the channels.
    init(channels: Int) {
        rows = [SIMD4(1, 0, 0, 0), SIMD4(0, 1, 0, 0), SIMD4(0, 0, 1, 0)].dropLast(3 - channels)
    }

    /// - Parameter format: with what its matrix is, where it has no RGB.
    init(_ format: VideoFormat, _ layout: PixelLayout, to colour: ModelCard.Colour) {
        let bits = layout.bitsPerSample
        let largest = Double(1 << bits - 1)
        if layout.isRGB {
            // Green, blue, red.
            let red = SIMD4(0, 0, 255 / largest, 0)
            let green = SIMD4(255 / largest, 0, 0, 0)
            let blue = SIMD4(0, 255 / largest, 0, 0)
            // Pillow's and OpenCV's grey, whatever the picture's size.
            rows = Self.inOrder(red, green, blue, grey: 0.299 * red + 0.587 * green + 0.114 * blue, colour)
            return
        }
        // ITU-T H.273, section 8.3; 8-bit limits, shifted.
        let step = Double(1 << (bits - 8))
        let (black, lumaSpan, chromaSpan) =
            format.colour.isFullRange ? (0, largest, largest) : (16 * step, 219 * step, 224 * step)
        let zero = 128 * step
        let (y, c) = (255 / lumaSpan, 255 / chromaSpan)
        let samples = ColourMatrix(format.colour.matrixOrDefault(forHeight: format.height)).inverse.map { row in
            SIMD4(row.x * y, row.y * c, row.z * c, -row.x * y * black - (row.y + row.z) * c * zero)
        }
        rows = Self.inOrder(
            samples[0], samples[1], samples[2], grey: SIMD4(y, 0, 0, -y * black), colour)
    }

    private static func inOrder(
        _ red: SIMD4<Double>, _ green: SIMD4<Double>, _ blue: SIMD4<Double>, grey: SIMD4<Double>,
        _ colour: ModelCard.Colour
    ) -> [SIMD4<Float>] {
        let rows =
            switch colour {
            case .rgb: [red, green, blue]
            case .bgr: [blue, green, red]
            case .grey: [grey]
            }
        return rows.map { SIMD4<Float>($0) }
    }

    /// As the loops in C read them.
    var values: (Values, Values, Values) { (values(0), values(1), values(2)) }
    typealias Values = (Float, Float, Float, Float)

    private func values(_ channel: Int) -> Values {
        guard rows.indices.contains(channel) else { return (0, 0, 0, 0) }
        let row = rows[channel]
        return (row.x, row.y, row.z, row.w)
    }

    /// The parts of a picture's planes that are read; none of one that does not count.
    ///
    /// - Parameter columns, rows: of the first plane, and of the other two.
    func planes(
        of frame: borrowing Frame, _ layout: PixelLayout, columns: [Range<Int>], rows wanted: [Range<Int>]
    ) -> PlaneTriple {
        func plane(_ number: Int, of frame: borrowing Frame) -> cresize_plane {
            guard rows.contains(where: { $0[number] != 0 }) else { return cresize_plane() }
            let (columns, rows) = (columns[min(number, 1)], wanted[min(number, 1)])
            let stride = Int(shim_bytes_per_row(frame.av, Int32(number)))
            let start = shim_plane(frame.av, Int32(number))!
            return cresize_plane(
                start: start + rows.lowerBound * stride + columns.lowerBound * layout.bytesPerSample, stride: stride,
                width: Int32(columns.count), height: Int32(rows.count))
        }
        return (plane(0, of: frame), plane(1, of: frame), plane(2, of: frame))
    }
}
