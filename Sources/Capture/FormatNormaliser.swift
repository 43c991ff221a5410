import CFFmpeg
import Pipeline

/// Makes all pictures of an input alike: upright, of one size, planar format and colour coding, those of the first one.
///
/// A picture that is so already passes as it is, in the decoder's own memory. The others take up to three steps, each
/// only if needed: libswscale for format, size and colours; black borders; a turn.
final class FormatNormaliser {
    /// Of all pictures that come out.
    let format: VideoFormat
    var warnings: [CaptureWarning] = []
    private let facts: SourceFacts
    private let layout: PixelLayout
    private var orientation: Orientation
    /// Sizes and pixel shapes of the stored pictures so far, the first one's first.
    private var stored: [Stored]
    /// Found once for each format, not for each picture.
    private var normalisedFormat: (source: AVPixelFormat, normalised: NormalisedFormat)
    private let stepper = Converter()
    private let scaler = Converter()
    private var canvases = ReusedPool()
    private var turned = ReusedPool()
    private var neutralChroma = NeutralChroma()
    private var overBlack = OverBlack()

    private struct Stored: Equatable, CustomStringConvertible {
        let width: Int
        let height: Int
        let shapeNum: Int32
        let shapeDen: Int32
        var description: String {
            "\(width)x\(height)" + (shapeNum == shapeDen ? "" : " with pixels of \(shapeNum):\(shapeDen)")
        }

        init(_ picture: borrowing Frame, _ shape: AVRational) {
            let isKnown = shape.num > 0 && shape.den > 0
            width = picture.width
            height = picture.height
            shapeNum = isKnown ? shape.num : 1
            shapeDen = isKnown ? shape.den : 1
        }
    }

    init(first: borrowing Frame, _ facts: SourceFacts) throws(CaptureError) {
        guard let normalised = NormalisedFormat(first.pixelFormat, chroma: facts.chroma) else {
            throw Self.cannotConvert(first.pixelFormat, facts)
        }
        self.facts = facts
        orientation = facts.orientation ?? first.ownOrientation ?? .upright
        var format = VideoFormat(
            width: first.width, height: first.height, pixelFormat: normalised.format,
            colour: facts.colour(of: first, normalised), sampleAspectRatio: facts.sampleAspectRatio(of: first),
            timeBase: first.timeBase, frameRate: facts.frameRate)
        if format.colour.hdr != nil {
            var metadata = facts.hdr
            metadata.complete(from: first)
            format.hdr = metadata.isEmpty ? nil : metadata
        }
        stored = [Stored(first, format.sampleAspectRatio)]
        normalisedFormat = (first.pixelFormat, normalised)
        if orientation.transposes {
            format.transpose()
            format.pixelFormat = Self.withSquareChroma(format.pixelFormat)
        }
        if orientation != .upright && format.colour.chromaLocation != AVCHROMA_LOC_CENTER {
            // Where chroma samples lie after a turn has no name in most cases.
            format.colour.chromaLocation = AVCHROMA_LOC_UNSPECIFIED
        }
        guard let layout = PixelLayout(format.pixelFormat) else { throw Self.cannotConvert(first.pixelFormat, facts) }
        self.format = format
        self.layout = layout
    }

    func normalise(_ picture: consuming Frame) throws(CaptureError) -> Frame {
        let source = picture.pixelFormat
        do {
            return try normalised(picture)
        } catch {
            if error.code == shim_error_out_of_memory { throw .outOfMemory }
            throw .cannotConvert(
                input: facts.name, pixelFormat: av_get_pix_fmt_name(source).map { String(cString: $0) } ?? "?",
                cause: error)
        }
    }

    private func normalised(_ picture: consuming Frame) throws(FFmpegError) -> Frame {
        let normalised = try normalisedFormat(of: picture)
        if facts.orientation == nil {
            // A film says it only now and then; it holds until the next time.
            orientation = picture.ownOrientation ?? (facts.isIntraOnly ? .upright : orientation)
        }
        let colour = facts.colour(of: picture, normalised)
        let shape = facts.sampleAspectRatio(of: picture)
        noteSize(of: picture, shape)

        var target = format  // before the turn
        if orientation.transposes { target.transpose() }
        var frame = try withPlanes(picture, normalised, colour)
        let box = Letterbox(
            width: frame.width, height: frame.height, sampleAspectRatio: shape, in: target, layout)
        if frame.pixelFormat != target.pixelFormat || frame.width != target.width || frame.height != target.height
            || !box.covers(target) || !means(colour, theSameAs: target.colour, height: frame.height)
        {
            frame = try fit(frame, colour, into: target, box)
        }
        if orientation != .upright {
            frame = try turn(frame)
        }
        format.colour.apply(to: frame.av)
        frame.av.pointee.sample_aspect_ratio = format.sampleAspectRatio
        av_frame_remove_side_data(frame.av, AV_FRAME_DATA_DISPLAYMATRIX)
        return frame
    }

    private func normalisedFormat(of picture: borrowing Frame) throws(FFmpegError) -> NormalisedFormat {
        if picture.pixelFormat != normalisedFormat.source {
            guard let normalised = NormalisedFormat(picture.pixelFormat, chroma: facts.chroma) else {
                throw FFmpegError(code: shim_error(ENOTSUP), function: "sws_isSupportedInput")
            }
            normalisedFormat = (picture.pixelFormat, normalised)
        }
        return normalisedFormat.normalised
    }

    /// Warns of a size that was not there before; of a few, since damaged pictures may have any.
    private func noteSize(of picture: borrowing Frame, _ shape: AVRational) {
        let now = Stored(picture, shape)
        guard now != stored[0], stored.count < 8, !stored.contains(now) else { return }
        warnings.append(.sizeChanged(frame: picture.index, from: "\(stored[0])", to: "\(now)"))
        stored.append(now)
    }

    /// Gives a picture the planes and the name of its normalised format where that takes no arithmetic.
    private func withPlanes(
        _ picture: consuming Frame, _ normalised: NormalisedFormat, _ colour: ColourTags
    ) throws(FFmpegError) -> Frame {
        var frame = picture
        if let step = normalised.step {
            let target = VideoFormat(
                width: frame.width, height: frame.height, pixelFormat: step, colour: colour, timeBase: frame.timeBase)
            frame = try stepper.convert(frame, colour, to: target)
        }
        if let opaque = normalised.opaque { frame = try overBlack.lay(frame, as: opaque, colour) }
        if normalised.isGrey {
            try neutralChroma.add(to: frame.av, as: normalised.format)
        } else if normalised.isOnlyRenamed {
            frame.av.pointee.format = normalised.format.rawValue
        }
        return frame
    }

    /// Whether the same values are the same colours by both, what is not told being taken for the usual.
    private func means(_ a: ColourTags, theSameAs b: ColourTags, height: Int) -> Bool {
        a.isFullRange == b.isFullRange
            && (layout.isRGB || a.matrixOrDefault(forHeight: height) == b.matrixOrDefault(forHeight: height))
    }

    private func fit(
        _ picture: consuming Frame, _ colour: ColourTags, into target: VideoFormat, _ box: Letterbox
    ) throws(FFmpegError) -> Frame {
        var boxed = target
        boxed.width = box.width
        boxed.height = box.height
        let scaled = try scaler.convert(picture, colour, to: boxed)
        if box.covers(target) { return scaled }
        let canvas = try canvases.frame(target, timedLike: scaled)
        box.place(scaled, into: canvas, layout, target.colour)
        return canvas
    }

    private func turn(_ picture: consuming Frame) throws(FFmpegError) -> Frame {
        let frame = try turned.frame(format, timedLike: picture)
        for number in 0..<3 {
            orientation.turn(
                picture.plane(number, layout), into: frame.plane(number, layout), bytesPerSample: layout.bytesPerSample)
        }
        return frame
    }

    /// A turned 4:2:2 picture would have its chroma halved the other way, which no format does.
    private static func withSquareChroma(_ format: AVPixelFormat) -> AVPixelFormat {
        guard let layout = PixelLayout(format), layout.log2ChromaWidth != layout.log2ChromaHeight else { return format }
        return av_get_pix_fmt(layout.bitsPerSample == 8 ? "yuv444p" : "yuv444p\(layout.bitsPerSample)")
    }

    private static func cannotConvert(_ format: AVPixelFormat, _ facts: SourceFacts) -> CaptureError {
        .cannotConvert(
            input: facts.name, pixelFormat: av_get_pix_fmt_name(format).map { String(cString: $0) } ?? "?",
            cause: FFmpegError(code: shim_error(ENOTSUP), function: "sws_isSupportedInput"))
    }
}

extension Frame {
    /// What the picture itself says (JPEG's EXIF, H.264's SEI); nil: nothing.
    var ownOrientation: Orientation? {
        guard let side = av_frame_get_side_data(av, AV_FRAME_DATA_DISPLAYMATRIX), side.pointee.size >= 36 else {
            return nil
        }
        return UnsafeRawPointer(side.pointee.data).withMemoryRebound(to: Int32.self, capacity: 9) {
            Orientation(matrix: $0)
        }
    }
}

extension VideoFormat {
    /// For a picture whose rows become columns.
    mutating func transpose() {
        swap(&width, &height)
        if sampleAspectRatio.num > 0 { swap(&sampleAspectRatio.num, &sampleAspectRatio.den) }
    }
}
