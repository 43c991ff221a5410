import CFFmpeg
import Engine
package import Pipeline

/// Scales a picture into a model's input: 8-bit `[height, width, channels]` in the card's channel order.
///
/// Values are converted with the picture's own matrix and range, and filtered as the card says. Classifiers know SDR
/// pictures: HDR is tone-mapped first.
package final class Preprocess {
    let geometry: InputGeometry
    /// The part of the picture that the model sees, and how its pixels lie; nil: all of it.
    private let window: (box: PixelBox, layout: PixelLayout)?
    private let input: ModelInput
    /// nil: the pictures are SDR.
    private let shrink: ToneMappedShrink?
    private let resampler: Resampler

    /// The part of the picture that the whole input shows: more than the picture where there are borders.
    package var region: Region { geometry.region }

    /// - Parameter window: the part of the pictures that the model sees, its corner where chroma has a sample; nil: all of it.
    /// - Throws: `FFmpegError` for a format that cannot be read.
    package init(_ format: VideoFormat, input: ModelInput, window: PixelBox? = nil) throws(FFmpegError) {
        self.input = input
        var format = format
        self.window = window.flatMap { box in PixelLayout(format.pixelFormat).map { (box, $0) } }
        if let window { (format.width, format.height) = (window.x1 - window.x0, window.y1 - window.y0) }
        let aspect = format.sampleAspectRatio
        var geometry = InputGeometry(
            picture: (format.width, format.height),
            pixelAspect: aspect.num > 0 && aspect.den > 0 ? Double(aspect.num) / Double(aspect.den) : 1,
            input: (input.width, input.height), resize: input.resize, cropFrom: input.cropFrom,
            place: input.place)
        if let window { geometry.move(x: window.x0, y: window.y0) }
        self.geometry = geometry
        shrink = try ToneMappedShrink(format, geometry)
        // What is scaled already, is only cut and put in order.
        resampler = try Resampler(
            shrink?.format ?? format, geometry, shrink == nil ? input.interpolation : nil, to: input.colour)
    }

    private init(_ other: Preprocess, at window: PixelBox, _ layout: PixelLayout, from corner: PixelBox) {
        (input, shrink, resampler) = (other.input, other.shrink, other.resampler)
        self.window = (window, layout)
        var geometry = other.geometry
        geometry.move(x: window.x0 - corner.x0, y: window.y0 - corner.y0)
        self.geometry = geometry
    }

    /// The same for another part of the pictures: what was computed for its size is shared, so that one of them works at a time.
    ///
    /// - Returns: nil: that part has another size.
    func moved(to box: PixelBox) -> Preprocess? {
        guard let window,
            (box.x1 - box.x0, box.y1 - box.y0) == (window.box.x1 - window.box.x0, window.box.y1 - window.box.y0)
        else { return nil }
        return Preprocess(self, at: box, window.layout, from: window.box)
    }

    /// Fills the whole of a tensor that has room for `[height, width, channels]`.
    package func fill(_ tensor: UnsafeMutableRawBufferPointer, from frame: borrowing Frame) throws(FFmpegError) {
        guard let window else { return try fill(tensor, fromPart: frame) }
        try fill(tensor, fromPart: try frame.part(window.box, window.layout))
    }

    private func fill(
        _ tensor: UnsafeMutableRawBufferPointer, fromPart frame: borrowing Frame
    ) throws(FFmpegError) {
        let bytesPerRow = input.width * input.channels
        precondition(tensor.count == bytesPerRow * input.height)
        if geometry.hasBorder(in: (input.width, input.height)) { fillBorders(tensor) }
        let start = tensor.baseAddress! + geometry.targetY * bytesPerRow + geometry.targetX * input.channels
        if let shrink {
            try resampler.scale(try shrink.shrink(frame), into: start, bytesPerRow: bytesPerRow)
        } else {
            try resampler.scale(frame, into: start, bytesPerRow: bytesPerRow)
        }
    }

    /// Borders take the card's grey, else the mean colour, which the model sees as zero.
    private func fillBorders(_ tensor: UnsafeMutableRawBufferPointer) {
        if let pad = input.pad {
            tensor.initializeMemory(as: UInt8.self, repeating: UInt8(pad.rounded()))
            return
        }
        let mean = input.pictureInput.mean.map { UInt8(max(0, min(255, $0.rounded()))) }
        for pixel in stride(from: 0, to: tensor.count, by: input.channels) {
            for channel in 0..<input.channels { tensor[pixel + channel] = mean[channel] }
        }
    }
}
