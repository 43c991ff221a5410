import CFFmpeg
import Pipeline
import Testing

/// Pictures in memory, written and read a component at a time by FFmpeg's slow, general functions, which know every
/// pixel format and share no code with the ones under test.
enum SamplePicture {
    /// A picture of repeatable noise.
    ///
    /// - Parameter opacity: of all pixels, 0...1.
    static func noise(
        _ format: AVPixelFormat, width: Int = 34, height: Int = 18, index: Int = 0, opacity: Double = 1
    ) throws -> Frame {
        let frame = try empty(format, width: width, height: height, index: index)
        let description = try #require(av_pix_fmt_desc_get(format))
        let hasAlpha = description.pointee.flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0
        var state: UInt32 = 1
        for component in 0..<Int(description.pointee.nb_components) {
            let depth = depth(component, description.pointee)
            let isAlpha = hasAlpha && component == Int(description.pointee.nb_components) - 1
            let (columns, rows) = size(component, of: frame, description.pointee)
            for y in 0..<rows {
                let line = (0..<columns).map { _ -> UInt16 in
                    state = state &* 1_664_525 &+ 1_013_904_223
                    return isAlpha
                        ? UInt16((opacity * Double((1 << depth) - 1)).rounded())
                        : UInt16(state >> 16) >> (16 - UInt16(depth))
                }
                write(line, to: frame, description, y, component)
            }
        }
        return frame
    }

    /// A picture with undefined pixels.
    static func empty(_ format: AVPixelFormat, width: Int, height: Int, index: Int = 0) throws -> Frame {
        let av = try #require(av_frame_alloc())
        av.pointee.format = format.rawValue
        av.pointee.width = Int32(width)
        av.pointee.height = Int32(height)
        try #require(av_frame_get_buffer(av, 0) == 0)
        // Bits that belong to no component are 0.
        for plane in 0..<4 where shim_plane(av, Int32(plane)) != nil {
            let description = try #require(av_pix_fmt_desc_get(format)).pointee
            let rows = plane == 1 || plane == 2 ? (height + 1) >> Int(description.log2_chroma_h) : height
            shim_plane(av, Int32(plane)).update(repeating: 0, count: Int(shim_bytes_per_row(av, Int32(plane))) * rows)
        }
        return Frame(
            adopting: av, index: index, pts: Int64(index), duration: 1, timeBase: AVRational(num: 1, den: 25))
    }

    /// Each component's samples, row by row: Y U V or R G B, and alpha.
    static func components(of frame: borrowing Frame) throws -> [[UInt16]] {
        let description = try #require(av_pix_fmt_desc_get(frame.pixelFormat))
        var components: [[UInt16]] = []
        for component in 0..<Int(description.pointee.nb_components) {
            let (columns, rows) = size(component, of: frame, description.pointee)
            var samples: [UInt16] = []
            for y in 0..<rows {
                var line = [UInt16](repeating: 0, count: columns)
                withData(of: frame) { data, bytesPerRow in
                    av_read_image_line2(
                        &line, data, bytesPerRow, description, 0, Int32(y), Int32(component), Int32(columns), 0, 2)
                }
                samples += line
            }
            components.append(samples)
        }
        return components
    }

    private static func write(
        _ line: [UInt16], to frame: borrowing Frame, _ description: UnsafePointer<AVPixFmtDescriptor>, _ y: Int,
        _ component: Int
    ) {
        withUnsafePointer(to: frame.av.pointee.linesize) { bytesPerRow in
            let bytesPerRow = UnsafeRawPointer(bytesPerRow).assumingMemoryBound(to: Int32.self)
            withUnsafeMutablePointer(to: &frame.av.pointee.data) { data in
                let data = UnsafeMutableRawPointer(data).assumingMemoryBound(to: UnsafeMutablePointer<UInt8>?.self)
                av_write_image_line2(
                    line, data, bytesPerRow, description, 0, Int32(y), Int32(component), Int32(line.count), 2)
            }
        }
    }

    private static func withData(
        of frame: borrowing Frame, _ body: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, UnsafePointer<Int32>) -> Void
    ) {
        withUnsafePointer(to: frame.av.pointee.linesize) { bytesPerRow in
            let bytesPerRow = UnsafeRawPointer(bytesPerRow).assumingMemoryBound(to: Int32.self)
            withUnsafeMutablePointer(to: &frame.av.pointee.data) { data in
                body(UnsafeMutableRawPointer(data).assumingMemoryBound(to: UnsafePointer<UInt8>?.self), bytesPerRow)
            }
        }
    }

    private static func size(
        _ component: Int, of frame: borrowing Frame, _ description: AVPixFmtDescriptor
    ) -> (columns: Int, rows: Int) {
        let isChroma = (component == 1 || component == 2) && description.flags & UInt64(AV_PIX_FMT_FLAG_RGB) == 0
        let (x, y) = isChroma ? (Int(description.log2_chroma_w), Int(description.log2_chroma_h)) : (0, 0)
        return ((frame.width + (1 << x) - 1) >> x, (frame.height + (1 << y) - 1) >> y)
    }

    private static func depth(_ component: Int, _ description: AVPixFmtDescriptor) -> Int {
        let components = [description.comp.0, description.comp.1, description.comp.2, description.comp.3]
        return Int(components[component].depth)
    }
}
