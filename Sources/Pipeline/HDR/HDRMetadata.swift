package import CFFmpeg

/// What an HDR file says of all its pictures: the display that it was made on (SMPTE ST 2086), and how bright it gets
/// (CTA-861.3). As FFmpeg's structures, byte by byte.
package struct HDRMetadata: Sendable, Equatable {
    package var masteringDisplay: [UInt8]?
    package var contentLight: [UInt8]?

    package init() {}

    package var isEmpty: Bool { masteringDisplay == nil && contentLight == nil }

    /// The container's word.
    package init(of stream: UnsafePointer<AVStream>) {
        var size = 0
        func bytes(_ kind: AVPacketSideDataType) -> [UInt8]? {
            shim_stream_side_data(stream, kind, &size).map { Array(UnsafeBufferPointer(start: $0, count: size)) }
        }
        masteringDisplay = bytes(AV_PKT_DATA_MASTERING_DISPLAY_METADATA)
        contentLight = bytes(AV_PKT_DATA_CONTENT_LIGHT_LEVEL)
    }

    /// Completes the container's word with a picture's.
    package mutating func complete(from picture: borrowing Frame) {
        func bytes(_ kind: AVFrameSideDataType) -> [UInt8]? {
            av_frame_get_side_data(picture.av, kind).map {
                Array(UnsafeBufferPointer(start: $0.pointee.data, count: Int($0.pointee.size)))
            }
        }
        masteringDisplay = masteringDisplay ?? bytes(AV_FRAME_DATA_MASTERING_DISPLAY_METADATA)
        contentLight = contentLight ?? bytes(AV_FRAME_DATA_CONTENT_LIGHT_LEVEL)
    }

    /// Gives it to a stream that is to be written.
    package func apply(to stream: UnsafeMutablePointer<AVStream>) throws(FFmpegError) {
        func add(_ bytes: [UInt8]?, _ kind: AVPacketSideDataType) throws(FFmpegError) {
            guard let bytes else { return }
            try FFmpegError.check(
                shim_add_stream_side_data(stream, kind, bytes, bytes.count), "av_stream_add_side_data")
        }
        try add(masteringDisplay, AV_PKT_DATA_MASTERING_DISPLAY_METADATA)
        try add(contentLight, AV_PKT_DATA_CONTENT_LIGHT_LEVEL)
    }

    /// Nits of the brightest pixel, else of the display; nil: not told.
    package var peak: Double? {
        if let light = contentLight, light.count >= MemoryLayout<AVContentLightMetadata>.size {
            let level = light.withUnsafeBytes { $0.loadUnaligned(as: AVContentLightMetadata.self) }
            if level.MaxCLL > 0 { return Double(level.MaxCLL) }
        }
        guard let display = masteringDisplay, display.count >= MemoryLayout<AVMasteringDisplayMetadata>.size else {
            return nil
        }
        let known = display.withUnsafeBytes { $0.loadUnaligned(as: AVMasteringDisplayMetadata.self) }
        guard known.has_luminance != 0, known.max_luminance.den > 0, known.max_luminance.num > 0 else { return nil }
        return av_q2d(known.max_luminance)
    }
}
