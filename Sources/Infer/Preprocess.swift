import CFFmpeg
import Pipeline

/// Scales a picture into a model's input: 8-bit `[height, width, channels]` in the card's channel order.
///
/// Values are converted with the picture's own matrix and range. Shrinking filters (bilinear with the support that the
/// scale needs), so that fine texture does not alias. Classifiers know SDR pictures: HDR is tone-mapped first.
final class Preprocess {
    let geometry: InputGeometry
    private let input: ModelInput
    private let scaler: Scaler
    /// nil: the pictures are SDR.
    private let shrink: ToneMappedShrink?

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
        // The matrix goes by the whole picture's height.
        var colour = format.colour
        colour.matrix = colour.matrixOrDefault(forHeight: format.height)
        let packed =
            switch input.colour {
            case .rgb: AV_PIX_FMT_RGB24
            case .bgr: AV_PIX_FMT_BGR24
            case .grey: AV_PIX_FMT_GRAY8
            }
        var told = format
        told.colour = colour
        shrink = try ToneMappedShrink(told, geometry)
        let part =
            shrink.map { Scaler.Side($0.format) }
            ?? Scaler.Side(geometry.sourceWidth, geometry.sourceHeight, format.pixelFormat, colour)
        if shrink != nil { colour.matrix = AVCOL_SPC_BT709 }
        // Grey is luma in full range; RGB has no matrix.
        colour.range = AVCOL_RANGE_JPEG
        let target = Scaler.Side(geometry.targetWidth, geometry.targetHeight, packed, colour)
        scaler = try Scaler(from: part, to: target, .bilinear)
    }

    /// Fills the whole of a tensor that has room for `[height, width, channels]`.
    func fill(_ tensor: UnsafeMutableRawBufferPointer, from frame: borrowing Frame) throws(FFmpegError) {
        let bytesPerRow = input.width * input.channels
        precondition(tensor.count == bytesPerRow * input.height)
        if geometry.hasBorder(in: (input.width, input.height)) { fillWithMean(tensor) }
        let start = tensor.baseAddress! + geometry.targetY * bytesPerRow + geometry.targetX * input.channels
        if let shrink {
            let small = try shrink.shrink(frame)
            try scaler.scale(
                partAtX: 0, y: 0, height: small.height, of: small, into: start, bytesPerRow: bytesPerRow)
        } else {
            try scaler.scale(
                partAtX: geometry.sourceX, y: geometry.sourceY, height: geometry.sourceHeight, of: frame, into: start,
                bytesPerRow: bytesPerRow)
        }
    }

    /// Borders take the mean colour, which the model sees as zero.
    private func fillWithMean(_ tensor: UnsafeMutableRawBufferPointer) {
        let mean = input.pictureInput.mean.map { UInt8(max(0, min(255, $0.rounded()))) }
        for pixel in stride(from: 0, to: tensor.count, by: input.channels) {
            for channel in 0..<input.channels { tensor[pixel + channel] = mean[channel] }
        }
    }
}
