import CFFmpeg
import Pipeline

/// Lays pictures with alpha over black, whatever their format: where samples lie is read from FFmpeg's description of it.
///
/// libswscale does it for the formats of a list alone, drops the alpha of others, and takes luma 0 for black.
struct OverBlack {
    private var pool = ReusedPool()

    /// One component of a picture: its samples, and how far from one to the next.
    private struct Samples {
        let start: UnsafeMutableRawPointer
        let bytesPerRow: Int
        let step: Int
        let shift: Int
        let depth: Int

        init(_ frame: borrowing Frame, _ component: AVComponentDescriptor) {
            start = UnsafeMutableRawPointer(shim_plane(frame.av, component.plane)) + Int(component.offset)
            bytesPerRow = Int(shim_bytes_per_row(frame.av, component.plane))
            (step, shift, depth) = (Int(component.step), Int(component.shift), Int(component.depth))
        }

        func row(_ y: Int) -> UnsafeMutableRawPointer { start + y * bytesPerRow }

        func sample(_ row: UnsafeMutableRawPointer, _ x: Int) -> Int {
            let place = row + x * step
            let word = depth + shift > 8 ? Int(place.load(as: UInt16.self)) : Int(place.load(as: UInt8.self))
            return (word >> shift) & ((1 << depth) - 1)
        }
    }

    /// - Parameters:
    ///   - picture: integers of the machine's byte order, at most 16 bits each.
    ///   - format: without alpha; planes of the same size, and at least as many bits.
    /// - Returns: a new picture at the same time.
    mutating func lay(
        _ picture: borrowing Frame, as format: AVPixelFormat, _ colour: ColourTags
    ) throws(FFmpegError) -> Frame {
        let target = VideoFormat(
            width: picture.width, height: picture.height, pixelFormat: format, colour: colour,
            sampleAspectRatio: picture.av.pointee.sample_aspect_ratio, timeBase: picture.timeBase)
        let result = try pool.frame(target, timedLike: picture)
        guard let from = av_pix_fmt_desc_get(picture.pixelFormat)?.pointee,
            let to = av_pix_fmt_desc_get(format)?.pointee
        else { return result }
        let alpha = Samples(picture, Self.component(Int(from.nb_components) - 1, from))
        let isRGB = to.flags & UInt64(AV_PIX_FMT_FLAG_RGB) != 0
        for number in 0..<Int(to.nb_components) {
            let isChroma = !isRGB && number > 0
            let target = Samples(result, Self.component(number, to))
            let source = Samples(picture, Self.component(number, from))
            let unit = (1 << target.depth) >> 8
            let black = isRGB || !isChroma && colour.isFullRange ? 0 : isChroma ? 128 * unit : 16 * unit
            lay(
                source, alpha, on: target, black: black, width: picture.width, height: picture.height,
                log2Width: isChroma ? Int(from.log2_chroma_w) : 0, log2Height: isChroma ? Int(from.log2_chroma_h) : 0)
        }
        return result
    }

    /// `black` + (sample - `black`) * alpha, with the mean alpha of the pixels that a sample covers.
    private func lay(
        _ source: Samples, _ alpha: Samples, on target: Samples, black: Int, width: Int, height: Int, log2Width: Int,
        log2Height: Int
    ) {
        let most = (1 << alpha.depth) - 1
        let widening = target.depth - source.depth
        for y in 0..<(height + (1 << log2Height) - 1) >> log2Height {
            let (from, to) = (source.row(y), target.row(y))
            for x in 0..<(width + (1 << log2Width) - 1) >> log2Width {
                var (sum, count) = (0, 0)
                for v in (y << log2Height)..<min((y + 1) << log2Height, height) {
                    let row = alpha.row(v)
                    for u in (x << log2Width)..<min((x + 1) << log2Width, width) {
                        sum += alpha.sample(row, u)
                        count += 1
                    }
                }
                let (difference, whole) = ((source.sample(from, x) << widening) - black, most * count)
                let product = difference * sum
                let value = black + (product + (product < 0 ? -whole : whole) / 2) / whole
                if target.depth > 8 {
                    to.storeBytes(of: UInt16(value), toByteOffset: x * target.step, as: UInt16.self)
                } else {
                    to.storeBytes(of: UInt8(value), toByteOffset: x * target.step, as: UInt8.self)
                }
            }
        }
    }

    /// Y U V or R G B, then alpha.
    private static func component(_ number: Int, _ description: AVPixFmtDescriptor) -> AVComponentDescriptor {
        switch number {
        case 0: description.comp.0
        case 1: description.comp.1
        case 2: description.comp.2
        default: description.comp.3
        }
    }
}
