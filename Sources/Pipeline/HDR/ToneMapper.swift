import CFFmpeg
import CTone
import Glibc

/// Makes SDR pictures of HDR ones: 8-bit RGB with BT.709's primaries. For one thread.
///
/// BT.2390's curve is applied to the luminance, with all of a pixel's components scaled alike; what lies outside of BT.709's
/// colours is clipped. Graphics white becomes SDR white where nothing is brighter; else it gives highlights a part of the
/// range (231 of 255 levels stay for it where a video goes up to 1000 nits).
package final class ToneMapper {
    /// Of the pictures that come out.
    package let format: VideoFormat

    private let layout: PixelLayout
    private let pool: FramePool
    private let tables: ctone_tables
    private let linear: UnsafeMutablePointer<Float>
    private let gain: UnsafeMutablePointer<Float>
    private let encode: UnsafeMutablePointer<UInt8>

    /// - Returns: nil if the pictures are SDR already, or not planar.
    package init?(_ input: VideoFormat) throws(FFmpegError) {
        guard let transfer = input.colour.hdr, let layout = PixelLayout(input.pixelFormat) else { return nil }
        self.layout = layout
        var format = input
        format.pixelFormat = AV_PIX_FMT_GBRP
        format.colour = ColourTags(
            range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_RGB, primaries: AVCOL_PRI_BT709, transfer: AVCOL_TRC_UNSPECIFIED)
        format.hdr = nil
        self.format = format
        pool = try FramePool(format)
        let peak = transfer == .hlg ? HDRTransfer.usualPeak : input.hdr?.peak ?? HDRTransfer.usualPeak
        let curve = ToneCurve(peak: peak)
        linear = Self.table { Float(transfer.linear($0)) }
        gain = Self.table { root in
            let luminance = max(root * root * root * root, 1e-12)
            let nits = luminance * transfer.systemGain(luminance: luminance)
            return Float(curve(nits: nits) / HDRTransfer.graphicsWhite / luminance)
        }
        encode = Self.table { UInt8((pow($0 * $0, 1 / HDRTransfer.sdrGamma) * 255).rounded()) }
        var tables = Self.coding(input, layout)
        (tables.linear, tables.gain, tables.encode) = (
            UnsafePointer(linear), UnsafePointer(gain), UnsafePointer(encode)
        )
        self.tables = tables
    }

    deinit {
        linear.deallocate()
        gain.deallocate()
        encode.deallocate()
    }

    /// - Returns: a new picture at the same time; nothing is drawn on the one that came.
    package func map(_ picture: borrowing Frame) throws(FFmpegError) -> Frame {
        let result = try pool.frame(timedLike: picture)
        let sources = (picture.plane(0, layout), picture.plane(1, layout), picture.plane(2, layout))
        let rgb = PixelLayout(AV_PIX_FMT_GBRP)!
        let targets = (result.plane(0, rgb), result.plane(1, rgb), result.plane(2, rgb))
        var job = ctone_job()
        job.source = (Self.bytes(sources.0), Self.bytes(sources.1), Self.bytes(sources.2))
        job.source_stride = (sources.0.bytesPerRow, sources.1.bytesPerRow, sources.2.bytesPerRow)
        job.target = (Self.writable(targets.0), Self.writable(targets.1), Self.writable(targets.2))
        job.target_stride = (targets.0.bytesPerRow, targets.1.bytesPerRow, targets.2.bytesPerRow)
        (job.width, job.height) = (Int32(picture.width), Int32(picture.height))
        job.log2_chroma_width = Int32(layout.log2ChromaWidth)
        job.log2_chroma_height = Int32(layout.log2ChromaHeight)
        withUnsafePointer(to: tables) { ctone_map(&job, $0) }
        return result
    }

    private static func coding(_ input: VideoFormat, _ layout: PixelLayout) -> ctone_tables {
        var tables = ctone_tables()
        let coding = SignalCoding(input, layout)
        let inverse = coding.toRGB
        (tables.bits, tables.is_rgb) = (Int32(coding.bits), coding.isRGB ? 1 : 0)
        tables.offsets = (Float(coding.offsets.x), Float(coding.offsets.y), Float(coding.offsets.z))
        tables.scales = (Float(coding.scales.x), Float(coding.scales.y), Float(coding.scales.z))
        (tables.red_cr, tables.green_cb) = (Float(inverse.redCr), Float(inverse.greenCb))
        (tables.green_cr, tables.blue_cb) = (Float(inverse.greenCr), Float(inverse.blueCb))
        let primaries = Primaries(input.colour.primaries)
        let shares = primaries.luminance
        tables.luminance = (Float(shares.x), Float(shares.y), Float(shares.z))
        let rows = primaries.rows(to: Primaries(AVCOL_PRI_BT709)).map { SIMD3<Float>($0) }
        tables.matrix = (
            rows[0].x, rows[0].y, rows[0].z, rows[1].x, rows[1].y, rows[1].z, rows[2].x, rows[2].y, rows[2].z
        )
        return tables
    }

    /// - Parameter value: of 0...1.
    private static func table<Element>(_ value: (Double) -> Element) -> UnsafeMutablePointer<Element> {
        let table = UnsafeMutablePointer<Element>.allocate(capacity: Int(CTONE_ENTRIES))
        for i in 0..<Int(CTONE_ENTRIES) {
            (table + i).initialize(to: value(Double(i) / Double(CTONE_ENTRIES - 1)))
        }
        return table
    }

    private static func writable(_ plane: Plane) -> UnsafeMutablePointer<UInt8> {
        plane.start.assumingMemoryBound(to: UInt8.self)
    }

    private static func bytes(_ plane: Plane) -> UnsafePointer<UInt8> { UnsafePointer(writable(plane)) }
}
