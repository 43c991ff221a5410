package import CFFmpeg

/// How a planar picture lies in memory: what the stages can draw on, computed from FFmpeg's description of the format.
///
/// Accepted: three planes, Y U V or G B R, 8 bits in a byte or 9 to 16 in a native-endian 16-bit word, no alpha.
package struct PixelLayout: Equatable, Sendable {
    /// 8...16.
    package let bitsPerSample: Int
    /// 1 or 2.
    package let bytesPerSample: Int
    /// Binary logarithms of how many pixels one chroma sample covers.
    package let log2ChromaWidth: Int
    package let log2ChromaHeight: Int
    /// Whether the planes are G, B, R rather than Y, U, V.
    package let isRGB: Bool

    /// - Returns: nil where the format is not one to draw on, such as packed, grey or palette pictures.
    package init?(_ format: AVPixelFormat) {
        guard let description = av_pix_fmt_desc_get(format)?.pointee else { return nil }
        let components = [description.comp.0, description.comp.1, description.comp.2]
        let depth = Int(components[0].depth)
        let refused = UInt64(
            AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL
                | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER)
        let isBigEndian = description.flags & UInt64(AV_PIX_FMT_FLAG_BE) != 0
        guard description.nb_components == 3, description.flags & refused == 0, !isBigEndian || depth == 8,
            (8...16).contains(depth), components.allSatisfy({ $0.depth == depth && $0.shift == 0 && $0.offset == 0 }),
            components.allSatisfy({ $0.step == (depth > 8 ? 2 : 1) }),
            Set(components.map(\.plane)) == [0, 1, 2]
        else { return nil }
        bitsPerSample = depth
        bytesPerSample = depth > 8 ? 2 : 1
        log2ChromaWidth = Int(description.log2_chroma_w)
        log2ChromaHeight = Int(description.log2_chroma_h)
        isRGB = description.flags & UInt64(AV_PIX_FMT_FLAG_RGB) != 0
    }

    /// Samples in a row of a plane, for a picture of `width` pixels. Odd sizes round up, as FFmpeg does.
    package func width(ofPlane plane: Int, forWidth width: Int) -> Int {
        plane == 0 ? width : (width + (1 << log2ChromaWidth) - 1) >> log2ChromaWidth
    }

    /// Rows of a plane, for a picture of `height` pixels.
    package func height(ofPlane plane: Int, forHeight height: Int) -> Int {
        plane == 0 ? height : (height + (1 << log2ChromaHeight) - 1) >> log2ChromaHeight
    }
}
