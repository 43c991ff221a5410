import CColour
import CFFmpeg
package import Pipeline

/// Converts 8-bit Y'CbCr planes of any matrix and range to JPEG's, full-range BT.601, without RGB in between. Sole owner
/// of its scratch memory; for one thread.
///
/// Luma is within 0.54 of a level, chroma within 0.51, of the definition (ITU-T H.273) with chroma interpolated by straight
/// lines from where the tags place it. libswscale's bicubic filter differs by at most five levels beside hard edges.
/// Chroma samples stay where they are: JPEG means them between two pixels, video above the left one, which moves colour by
/// half a pixel and is not seen.
package final class JPEGColours {
    let target: VideoFormat
    private let layout: PixelLayout
    private let place: (column: ccolour_place, row: ccolour_place)
    private let matrix: ccolour_matrix
    private let version: ccolour_version
    private let scratch: UnsafeMutablePointer<Int16>

    /// - Parameter target: the same size and pixel format, full range.
    /// - Returns: nil if the pictures are not 8-bit 4:2:0, 4:2:2 or 4:4:4, or their size or pixel format changes.
    package convenience init?(from source: VideoFormat, to target: VideoFormat) {
        self.init(from: source, to: target, version: ccolour_fastest())
    }

    init?(from source: VideoFormat, to target: VideoFormat, version: ccolour_version) {
        guard [AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUV444P].contains(source.pixelFormat),
            target.pixelFormat == source.pixelFormat, target.width == source.width, target.height == source.height,
            let layout = PixelLayout(source.pixelFormat), let matrix = Self.matrix(from: source, to: target)
        else { return nil }
        self.target = target
        self.layout = layout
        self.matrix = matrix
        self.version = version
        let chroma = Scaler.Side(placingChromaOf: source).chroma ?? (128, 128)
        place = (Self.place(chroma.column), Self.place(chroma.row))
        scratch = .allocate(capacity: 4 * (source.width + Int(CCOLOUR_PADDING)))
        scratch.initialize(repeating: 0, count: 4 * (source.width + Int(CCOLOUR_PADDING)))
    }

    deinit { scratch.deallocate() }

    package func convert(_ source: borrowing Frame, into target: borrowing Frame) {
        var job = ccolour_job()
        let from = (source.plane(0, layout), source.plane(1, layout), source.plane(2, layout))
        let to = (target.plane(0, layout), target.plane(1, layout), target.plane(2, layout))
        job.source = (Self.bytes(from.0), Self.bytes(from.1), Self.bytes(from.2))
        job.source_stride = (from.0.bytesPerRow, from.1.bytesPerRow, from.2.bytesPerRow)
        job.target = (Self.writable(to.0), Self.writable(to.1), Self.writable(to.2))
        job.target_stride = (to.0.bytesPerRow, to.1.bytesPerRow, to.2.bytesPerRow)
        (job.width, job.height) = (Int32(source.width), Int32(source.height))
        (job.halves_columns, job.halves_rows) = (Int32(layout.log2ChromaWidth), Int32(layout.log2ChromaHeight))
        (job.column_place, job.row_place) = place
        job.matrix = matrix
        job.scratch = scratch
        ccolour_convert(&job, version)
    }

    /// - Returns: nil for a matrix that mixes luma into chroma, or too much chroma into luma.
    private static func matrix(from source: VideoFormat, to target: VideoFormat) -> ccolour_matrix? {
        let known = source.colour.matrixOrDefault(forHeight: source.height)
        guard known != AVCOL_SPC_RGB, target.colour.isFullRange else { return nil }
        let goal = target.colour.matrixOrDefault(forHeight: target.height)
        let rows = ColourMatrix(goal).rows(of: ColourMatrix(known))
        let isFull = source.colour.isFullRange
        let (luma, chroma) = isFull ? (1, 1) : (255.0 / 219, 255.0 / 224)
        let black = isFull ? 0.0 : 16
        let share = SIMD2(rows[0].y, rows[0].z) * chroma
        guard (rows[0].x - 1).magnitude < 1e-9, max(rows[1].x.magnitude, rows[2].x.magnitude) < 1e-9,
            128 * (share.x.magnitude + share.y.magnitude) < 64
        else { return nil }
        var matrix = ccolour_matrix()
        matrix.luma_scale = fixedPoint(luma)
        matrix.luma_offset = fixedPoint(-black * luma)
        matrix.luma_share = (fixedPoint(share.x), fixedPoint(share.y))
        matrix.chroma_scale = (
            (fixedPoint(rows[1].y * chroma), fixedPoint(rows[1].z * chroma)),
            (fixedPoint(rows[2].y * chroma), fixedPoint(rows[2].z * chroma))
        )
        return matrix
    }

    /// With 16 fraction bits.
    private static func fixedPoint(_ value: Double) -> Int32 { Int32((value * 65536).rounded()) }

    /// - Parameter position: in 1/256 of a pixel from the first of two.
    private static func place(_ position: Int) -> ccolour_place {
        position < 64 ? ccolour_first : position < 192 ? ccolour_between : ccolour_second
    }

    private static func writable(_ plane: Plane) -> UnsafeMutablePointer<UInt8> {
        plane.start.assumingMemoryBound(to: UInt8.self)
    }

    private static func bytes(_ plane: Plane) -> UnsafePointer<UInt8> { UnsafePointer(writable(plane)) }
}
