import CFFmpeg
import CTurboJPEG
package import Pipeline

/// Compresses pictures to JPEG straight from their planes. Sole owner of its TurboJPEG compressor; for one thread.
///
/// A JPEG (JFIF 1.02) is full-range BT.601 with chroma between the pixels and square pixels: pictures of another kind
/// are converted first, 8-bit video by `JPEGColours`, the rest by libswscale; those of a camera that sends MJPEG are not.
package final class JPEGEncoder {
    private let handle: tjhandle
    /// 1...100.
    private let quality: Int
    /// TurboJPEG's memory for the result; it grows as needed.
    private var memory: UnsafeMutablePointer<UInt8>?
    private var size: UInt = 0
    private var conversion: Conversion?
    /// Of the last HDR picture's format.
    private var toneMapper: (from: Scaler.Side, transfer: AVColorTransferCharacteristic, mapper: ToneMapper)?

    /// How pictures of another kind become a JPEG's, and from what it was made, to know whether it fits the next one.
    private struct Conversion {
        let from: Scaler.Side
        let to: Scaler.Side
        /// Nil where only `scaler` can do it.
        let colours: JPEGColours?
        let scaler: Scaler?
        let pool: FramePool

        init(_ format: VideoFormat, _ target: VideoFormat) throws(FFmpegError) {
            (from, to) = (Scaler.Side(placingChromaOf: format), Scaler.Side(placingChromaOf: target))
            colours = JPEGColours(from: format, to: target)
            scaler = colours == nil ? try Scaler(from: from, to: to, .exact) : nil
            pool = try FramePool(target)
        }

        func convert(_ frame: borrowing Frame) throws(FFmpegError) -> Frame {
            let converted = try pool.frame(timedLike: frame)
            colours?.convert(frame, into: converted)
            try scaler?.scale(frame, into: converted)
            return converted
        }
    }

    package init(quality: Int) {
        precondition((1...100).contains(quality))
        self.quality = quality
        handle = tjInitCompress()!
    }

    deinit {
        tjFree(memory)
        tjDestroy(handle)
    }

    /// Lends the compressed picture to `body`.
    ///
    /// - Throws: `ServeError.cannotCompress`.
    package func encode<Result>(
        _ frame: borrowing Frame, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(ServeError) -> Result {
        guard let mapper = try toneMapper(for: frame) else { return try encodeSDR(frame, body) }
        let mapped: Frame
        do { mapped = try mapper.map(frame) } catch { throw .cannotCompress(reason: "\(error)") }
        return try encodeSDR(mapped, body)
    }

    /// No browser shows a JPEG as HDR.
    private func toneMapper(for frame: borrowing Frame) throws(ServeError) -> ToneMapper? {
        let colour = ColourTags(of: frame.av)
        guard colour.hdr != nil else { return nil }
        let side = Scaler.Side(frame.width, frame.height, frame.pixelFormat, colour)
        if let known = toneMapper, known.from == side, known.transfer == colour.transfer { return known.mapper }
        let format = VideoFormat(
            width: frame.width, height: frame.height, pixelFormat: frame.pixelFormat, colour: colour,
            sampleAspectRatio: frame.av.pointee.sample_aspect_ratio, timeBase: frame.timeBase)
        let made: ToneMapper?
        do { made = try ToneMapper(format) } catch { throw .cannotCompress(reason: "\(error)") }
        toneMapper = made.map { (side, colour.transfer, $0) }
        return made
    }

    private func encodeSDR<Result>(
        _ frame: borrowing Frame, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(ServeError) -> Result {
        let format = VideoFormat(
            width: frame.width, height: frame.height, pixelFormat: frame.pixelFormat,
            colour: ColourTags(of: frame.av), sampleAspectRatio: frame.av.pointee.sample_aspect_ratio,
            timeBase: frame.timeBase
        ).withRangeInTag
        let target = format.asJPEG
        let (from, to) = (Scaler.Side(placingChromaOf: format), Scaler.Side(placingChromaOf: target))
        do {
            if from.isStored(as: to), format.width == target.width {
                try compress(frame, target)
            } else {
                if conversion?.from != from || conversion?.to != to {
                    conversion = try Conversion(format, target)
                }
                try compress(try conversion!.convert(frame), target)
            }
        } catch let error as FFmpegError {
            throw .cannotCompress(reason: "\(error)")
        } catch let error as ServeError {
            throw error
        } catch {
            throw .cannotCompress(reason: "\(error)")
        }
        return body(UnsafeRawBufferPointer(start: memory, count: Int(size)))
    }

    private func compress(_ frame: borrowing Frame, _ format: VideoFormat) throws(ServeError) {
        let layout = PixelLayout(format.pixelFormat)!
        let planes = (frame.plane(0, layout), frame.plane(1, layout), frame.plane(2, layout))
        var starts: [UnsafePointer<UInt8>?] = [planes.0, planes.1, planes.2].map {
            UnsafePointer($0.start.assumingMemoryBound(to: UInt8.self))
        }
        let strides = [planes.0, planes.1, planes.2].map { Int32($0.bytesPerRow) }
        let code = tjCompressFromYUVPlanes(
            handle, &starts, Int32(format.width), strides, Int32(format.height), layout.subsampling, &memory, &size,
            Int32(quality), 0)
        guard code == 0 else { throw .cannotCompress(reason: String(cString: tjGetErrorStr2(handle))) }
    }
}

extension VideoFormat {
    /// The nearest format that a JPEG has: 8 bits, full range, BT.601, square pixels.
    var asJPEG: VideoFormat {
        var result = self
        if let shape = PixelLayout(pixelFormat), shape.isRGB {
            result.pixelFormat = AV_PIX_FMT_YUV444P
        } else {
            result.pixelFormat =
                switch PixelLayout(pixelFormat)?.subsampling {
                case Int32(TJSAMP_444.rawValue): AV_PIX_FMT_YUV444P
                case Int32(TJSAMP_422.rawValue): AV_PIX_FMT_YUV422P
                default: AV_PIX_FMT_YUV420P
                }
        }
        result.colour = ColourTags(
            range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_BT470BG, chromaLocation: AVCHROMA_LOC_CENTER)
        let shape = Double(sampleAspectRatio.num) / Double(sampleAspectRatio.den)
        // Browsers take pixels for square. Beyond 8:1 the file is wrong about its pixels.
        if shape.isFinite, (0.125...8).contains(shape) { result.width = max(1, Int((Double(width) * shape).rounded())) }
        result.sampleAspectRatio = AVRational(num: 1, den: 1)
        return result
    }
}

extension PixelLayout {
    /// TurboJPEG's name of how many pixels a chroma sample covers; anything else becomes 4:2:0.
    fileprivate var subsampling: Int32 {
        switch (log2ChromaWidth, log2ChromaHeight) {
        case (0, 0): Int32(TJSAMP_444.rawValue)
        case (1, 0): Int32(TJSAMP_422.rawValue)
        default: Int32(TJSAMP_420.rawValue)
        }
    }
}
