import CFFmpeg
import Pipeline

/// swscale for one pair of formats of the same size. Sole owner of its `SwsContext`.
final class Scaler {
    private let context: OpaquePointer

    /// - Throws: `FFmpegError` if swscale cannot convert between the two.
    init(from input: VideoFormat, to output: VideoFormat) throws(FFmpegError) {
        guard let context = sws_alloc_context() else { throw .outOfMemory("sws_alloc_context") }
        self.context = context
        // Ranges must be known before the start, or swscale takes a short cut where only they differ.
        let options: [(String, Int)] = [
            ("srcw", input.width), ("srch", input.height), ("src_format", Int(input.pixelFormat.rawValue)),
            ("dstw", output.width), ("dsth", output.height), ("dst_format", Int(output.pixelFormat.rawValue)),
            ("src_range", input.isFullRange ? 1 : 0), ("dst_range", output.isFullRange ? 1 : 0),
            ("src_h_chr_pos", input.chromaColumn), ("src_v_chr_pos", input.chromaRow),
            ("dst_h_chr_pos", output.chromaColumn), ("dst_v_chr_pos", output.chromaRow),
            // The exact paths: the fast ones are off by one or two levels.
            ("sws_flags", Int(SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP)),
        ]
        for (key, value) in options {
            try FFmpegError.check(
                av_opt_set_int(UnsafeMutableRawPointer(context), key, Int64(value), 0), "av_opt_set_int")
        }
        try FFmpegError.check(sws_init_context(context, nil, nil), "sws_init_context")
        // swscale assumes BT.601, whatever the frames' tags say. It refuses this where no YUV is involved.
        let neutral: Int32 = 1 << 16
        _ = sws_setColorspaceDetails(
            context, input.coefficients, input.isFullRange ? 1 : 0, output.coefficients, output.isFullRange ? 1 : 0, 0,
            neutral, neutral)
    }

    deinit { sws_freeContext(context) }

    func scale(_ input: borrowing Frame, into output: borrowing Frame) throws(FFmpegError) {
        try FFmpegError.check(sws_scale_frame(context, output.av, input.av), "sws_scale_frame")
    }
}

extension VideoFormat {
    fileprivate var isFullRange: Bool { pixelFormat.isRGB || colour.isFullRange }

    /// Whether pixels of this format are, value for value, pixels of the other.
    func isStored(as other: VideoFormat) -> Bool {
        guard pixelFormat == other.pixelFormat, isFullRange == other.isFullRange else { return false }
        guard !pixelFormat.isRGB, let mine = coefficients, let others = other.coefficients else { return true }
        return (0..<4).allSatisfy { mine[$0] == others[$0] }
    }

    /// The matrix as swscale has it.
    fileprivate var coefficients: UnsafePointer<Int32>? {
        let matrix = pixelFormat.isRGB ? AVCOL_SPC_UNSPECIFIED : colour.matrixOrDefault(forHeight: height)
        return sws_getCoefficients(Int32(matrix.rawValue)).map { UnsafePointer($0) }
    }

    /// Where chroma samples lie, in 1/256 of a pixel: video's are above the left pixel, JPEG's between the pixels.
    fileprivate var chromaColumn: Int {
        switch colour.chromaLocation {
        case AVCHROMA_LOC_CENTER, AVCHROMA_LOC_TOP, AVCHROMA_LOC_BOTTOM: 128
        case AVCHROMA_LOC_UNSPECIFIED: colour.isFullRange ? 128 : 0
        default: 0
        }
    }

    fileprivate var chromaRow: Int {
        switch colour.chromaLocation {
        case AVCHROMA_LOC_TOP, AVCHROMA_LOC_TOPLEFT: 0
        case AVCHROMA_LOC_BOTTOM, AVCHROMA_LOC_BOTTOMLEFT: 256
        default: 128
        }
    }
}
