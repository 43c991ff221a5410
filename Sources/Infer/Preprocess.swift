import CFFmpeg
import Pipeline

/// Scales a picture into a model's input: 8-bit `[height, width, channels]` in the card's channel order.
///
/// Values are converted with the picture's own matrix and range. Shrinking filters (bilinear with the support that the
/// scale needs), so that fine texture does not alias.
final class Preprocess {
    let geometry: InputGeometry
    private let input: ModelInput
    private let scaler: OpaquePointer

    /// - Throws: `FFmpegError` if the scaler cannot be made.
    init(_ format: VideoFormat, input: ModelInput) throws(FFmpegError) {
        self.input = input
        let layout = PixelLayout(format.pixelFormat)
        let aspect = format.sampleAspectRatio
        geometry = InputGeometry(
            picture: (format.width, format.height),
            pixelAspect: aspect.num > 0 && aspect.den > 0 ? Double(aspect.num) / Double(aspect.den) : 1,
            step: (1 << (layout?.log2ChromaWidth ?? 0), 1 << (layout?.log2ChromaHeight ?? 0)),
            input: (input.width, input.height), resize: input.resize, cropFrom: input.cropFrom)
        let packed =
            switch input.colour {
            case .rgb: AV_PIX_FMT_RGB24
            case .bgr: AV_PIX_FMT_BGR24
            case .grey: AV_PIX_FMT_GRAY8
            }
        guard
            let scaler = sws_getContext(
                Int32(geometry.sourceWidth), Int32(geometry.sourceHeight), format.pixelFormat,
                Int32(geometry.targetWidth), Int32(geometry.targetHeight), packed,
                SWS_BILINEAR, nil, nil, nil)
        else { throw .outOfMemory("sws_getContext") }
        self.scaler = scaler
        let matrix = format.colour.matrixOrDefault(forHeight: format.height)
        // Grey is luma in full range; RGB has no matrix, and the scaler ignores it.
        _ = shim_set_colours(scaler, matrix, format.colour.isFullRange ? 1 : 0, matrix, 1)
    }

    deinit { sws_freeContext(scaler) }

    /// Fills the whole of a tensor that has room for `[height, width, channels]`.
    func fill(_ tensor: UnsafeMutableRawBufferPointer, from frame: borrowing Frame) throws(FFmpegError) {
        let bytesPerRow = input.width * input.channels
        precondition(tensor.count == bytesPerRow * input.height)
        if geometry.hasBorder(in: (input.width, input.height)) { fillWithMean(tensor) }
        let start = tensor.baseAddress! + geometry.targetY * bytesPerRow + geometry.targetX * input.channels
        try FFmpegError.check(
            shim_scale_part(
                scaler, frame.av, Int32(geometry.sourceX), Int32(geometry.sourceY), Int32(geometry.sourceHeight),
                start.assumingMemoryBound(to: UInt8.self), Int32(bytesPerRow)), "sws_scale")
    }

    /// Borders take the mean colour, which the model sees as zero.
    private func fillWithMean(_ tensor: UnsafeMutableRawBufferPointer) {
        let mean = input.pictureInput.mean.map { UInt8(max(0, min(255, $0.rounded()))) }
        for pixel in stride(from: 0, to: tensor.count, by: input.channels) {
            for channel in 0..<input.channels { tensor[pixel + channel] = mean[channel] }
        }
    }
}
