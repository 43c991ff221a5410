import CFFmpeg
package import Pipeline

/// A picture cut into squares, to be hidden or shown one after the other.
package struct Cells: Sendable {
    package let columns: Int
    package let rows: Int
    private let width: Int
    private let height: Int
    private let layout: PixelLayout

    /// Pixels of a square's side: more than what a chroma sample covers, and a multiple of it.
    package static let side = 16

    package init(_ format: VideoFormat) {
        (width, height) = (format.width, format.height)
        layout = PixelLayout(format.pixelFormat)!
        columns = (width + Self.side - 1) / Self.side
        rows = (height + Self.side - 1) / Self.side
    }

    package var count: Int { columns * rows }

    /// All squares, the hottest first. Equally hot ones come in an order drawn by chance, always the same, so that a
    /// constant map is as good as chance.
    package func order(_ map: Heatmap) -> [Int] {
        var random = SplitMix64(1)
        let heats = (0..<count).map { cell -> (heat: Float, lot: UInt64) in
            let (column, row) = (cell % columns, cell / columns)
            let middle = SIMD2(
                Double(min(column * Self.side + Self.side / 2, width - 1)),
                Double(min(row * Self.side + Self.side / 2, height - 1)))
            // What the map does not cover was not looked at: the last to come.
            return (map.heat(at: middle) ?? -1, random.next())
        }
        return heats.indices.sorted {
            heats[$0].heat != heats[$1].heat ? heats[$0].heat > heats[$1].heat : heats[$0].lot < heats[$1].lot
        }
    }

    /// Copies squares from one picture into another of the same format.
    package func copy(_ cells: some Sequence<Int>, from source: borrowing Frame, to target: borrowing Frame) {
        for number in 0..<3 {
            let (from, to) = (source.plane(number, layout), target.plane(number, layout))
            let across = number == 0 ? Self.side : Self.side >> layout.log2ChromaWidth
            let down = number == 0 ? Self.side : Self.side >> layout.log2ChromaHeight
            for cell in cells {
                let (x, y) = (cell % columns * across, cell / columns * down)
                let bytes = min(across, from.width - x) * layout.bytesPerSample
                guard bytes > 0 else { continue }
                for row in y..<max(y, min(y + down, from.height)) {
                    let offset = x * layout.bytesPerSample
                    (to.row(row) + offset).copyMemory(from: from.row(row) + offset, byteCount: bytes)
                }
            }
        }
    }

    /// Makes a picture middle grey.
    package func grey(_ frame: borrowing Frame) {
        for number in 0..<3 {
            let plane = frame.plane(number, layout)
            for y in 0..<plane.height {
                if layout.bytesPerSample == 1 {
                    plane.row(y).initializeMemory(as: UInt8.self, repeating: 128, count: plane.width)
                } else {
                    plane.row(y).initializeMemory(
                        as: UInt16.self, repeating: 1 << UInt16(layout.bitsPerSample - 1), count: plane.width)
                }
            }
        }
    }
}
