import CFFmpeg
import CResize
import Pipeline

/// A picture's channels at full size, 8-bit, as a library is given them: what no channel can hold is cut off before anything
/// is filtered.
final class FullSizePicture {
    private let format: VideoFormat
    private let layout: PixelLayout
    private let matrix: ChannelMatrix
    /// Rows of pixels that are made.
    private let wanted: Range<Int>
    private let rows: [TapTable]
    private let place: Double
    private let memory: UnsafeMutableBufferPointer<UInt8>
    private let scratch: UnsafeMutableBufferPointer<Float>

    /// - Parameter rows: of pixels that are wanted.
    init(_ format: VideoFormat, _ layout: PixelLayout, _ matrix: ChannelMatrix, rows wanted: Range<Int>) {
        self.format = format
        self.layout = layout
        self.matrix = matrix
        self.wanted = wanted
        let chroma = ChromaGrid(format, layout)
        place = chroma.columnPlace
        rows = chroma.rowTables(wanted.map { Taps(first: $0, weights: [1]) })
        memory = .allocate(capacity: format.width * wanted.count * matrix.rows.count)
        scratch = .allocate(capacity: 5 * (format.width + Int(CRESIZE_PADDING)))
        scratch.initialize(repeating: 0)
    }

    deinit {
        memory.deallocate()
        scratch.deallocate()
    }

    /// One plane a channel, in the order of the matrix.
    func planes(of frame: borrowing Frame) -> PlaneTriple {
        var job = cresize_full_job()
        job.planes = matrix.planes(
            of: frame, layout, columns: [0..<format.width, 0..<layout.width(ofPlane: 1, forWidth: format.width)],
            rows: rows.map(\.samples))
        job.bytes_per_sample = Int32(layout.bytesPerSample)
        job.width = Int32(format.width)
        job.column_step = 1 << Int32(layout.log2ChromaWidth)
        job.column_place = Float(place)
        job.channels = Int32(matrix.rows.count)
        job.matrix = matrix.values
        job.target_stride = format.width
        job.scratch = scratch.baseAddress
        let start = memory.baseAddress!
        let plane = format.width * wanted.count
        job.target.0 = start
        if matrix.rows.count == 3 { (job.target.1, job.target.2) = (start + plane, start + 2 * plane) }
        rows[0].withAxis { luma in
            rows[1].withAxis { chroma in
                job.rows = (luma, chroma)
                cresize_full(&job)
            }
        }
        return (made(0, plane), made(1, plane), made(2, plane))
    }

    private func made(_ channel: Int, _ plane: Int) -> cresize_plane {
        guard channel < matrix.rows.count else { return cresize_plane() }
        return cresize_plane(
            start: memory.baseAddress! + channel * plane, stride: format.width, width: Int32(format.width),
            height: Int32(wanted.count))
    }
}
