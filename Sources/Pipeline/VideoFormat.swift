package import CFFmpeg

/// What all pictures of one video share. Between the stages it is constant: a source normalises what its file changes.
package struct VideoFormat: @unchecked Sendable {  // safe: values only
    /// Size in pixels.
    package var width: Int
    package var height: Int
    /// One of the formats that `PixelLayout` describes.
    package var pixelFormat: AVPixelFormat
    package var colour: ColourTags
    /// Shape of a pixel, width to height; 0/1 if unknown.
    package var sampleAspectRatio: AVRational
    /// Unit of the frames' times, in seconds.
    package var timeBase: AVRational
    /// Mean frame rate in frames a second, for rate control and progress; 0/1 if unknown. Times come from the frames.
    package var frameRate: AVRational
    /// What the input says of the brightness of its pictures; nil: nothing.
    package var hdr: HDRMetadata?

    package init(
        width: Int, height: Int, pixelFormat: AVPixelFormat, colour: ColourTags,
        sampleAspectRatio: AVRational = AVRational(num: 0, den: 1),
        timeBase: AVRational, frameRate: AVRational = AVRational(num: 0, den: 1)
    ) {
        self.width = width
        self.height = height
        self.pixelFormat = pixelFormat
        self.colour = colour
        self.sampleAspectRatio = sampleAspectRatio
        self.timeBase = timeBase
        self.frameRate = frameRate
    }
}

/// How code values stand for colours (ITU-T H.273): carried from the input to the output, and obeyed when drawing.
package struct ColourTags: @unchecked Sendable {  // safe: values only
    package var range: AVColorRange
    package var matrix: AVColorSpace
    package var primaries: AVColorPrimaries
    package var transfer: AVColorTransferCharacteristic
    package var chromaLocation: AVChromaLocation

    package init(
        range: AVColorRange = AVCOL_RANGE_UNSPECIFIED, matrix: AVColorSpace = AVCOL_SPC_UNSPECIFIED,
        primaries: AVColorPrimaries = AVCOL_PRI_UNSPECIFIED,
        transfer: AVColorTransferCharacteristic = AVCOL_TRC_UNSPECIFIED,
        chromaLocation: AVChromaLocation = AVCHROMA_LOC_UNSPECIFIED
    ) {
        self.range = range
        self.matrix = matrix
        self.primaries = primaries
        self.transfer = transfer
        self.chromaLocation = chromaLocation
    }

    package init(of frame: UnsafePointer<AVFrame>) {
        self.init(
            range: frame.pointee.color_range, matrix: frame.pointee.colorspace,
            primaries: frame.pointee.color_primaries, transfer: frame.pointee.color_trc,
            chromaLocation: frame.pointee.chroma_location)
    }

    package func apply(to frame: UnsafeMutablePointer<AVFrame>) {
        frame.pointee.color_range = range
        frame.pointee.colorspace = matrix
        frame.pointee.color_primaries = primaries
        frame.pointee.color_trc = transfer
        frame.pointee.chroma_location = chromaLocation
    }

    /// Whether code values span all of 0...255 (JPEG) rather than 16...235 (video).
    package var isFullRange: Bool { range == AVCOL_RANGE_JPEG }

    /// The matrix, or what players assume where it is not told: BT.709 from 720 lines up, BT.601 below.
    package func matrixOrDefault(forHeight height: Int) -> AVColorSpace {
        switch matrix {
        case AVCOL_SPC_UNSPECIFIED, AVCOL_SPC_RESERVED: height >= 720 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M
        default: matrix
        }
    }
}
