import CFFmpeg
import Pipeline
import Serve

extension Frame {
    /// A picture of one colour, given by its three samples.
    static func filled(
        _ samples: [UInt8] = [128, 128, 128], format: AVPixelFormat = AV_PIX_FMT_YUV420P, width: Int = 32,
        height: Int = 24, colour: ColourTags = .jpeg, sampleAspectRatio: AVRational = AVRational(num: 1, den: 1),
        pts: Int64 = 0
    ) throws -> Frame {
        let pool = try FramePool(
            VideoFormat(
                width: width, height: height, pixelFormat: format, colour: colour,
                sampleAspectRatio: sampleAspectRatio, timeBase: AVRational(num: 1, den: 25)))
        let time = Frame(
            adopting: av_frame_alloc(), index: 0, pts: pts, duration: 1, timeBase: AVRational(num: 1, den: 25))
        let frame = try pool.frame(timedLike: time)
        let layout = PixelLayout(format)!
        for number in 0..<3 {
            let plane = frame.plane(number, layout)
            for y in 0..<plane.height {
                for x in 0..<plane.width {
                    if layout.bytesPerSample == 1 {
                        plane.row(y).storeBytes(of: samples[number], toByteOffset: x, as: UInt8.self)
                    } else {
                        let sample = UInt16(samples[number]) << UInt16(layout.bitsPerSample - 8)
                        plane.row(y).storeBytes(of: sample, toByteOffset: 2 * x, as: UInt16.self)
                    }
                }
            }
        }
        return frame
    }
}

extension ColourTags {
    /// As JPEG has it, so that nothing is converted.
    static var jpeg: ColourTags {
        ColourTags(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_BT470BG, chromaLocation: AVCHROMA_LOC_CENTER)
    }
}

extension PictureFacts {
    static func number(
        _ sequence: Int, label: String? = nil, latency: Duration = .milliseconds(20), isSlate: Bool = false
    ) -> PictureFacts {
        PictureFacts(
            sequence: sequence, capturedAt: .milliseconds(1_700_000_000_000 + 40 * sequence), latency: latency,
            label: label, isSlate: isSlate)
    }
}

extension LiveFeed {
    func publish(_ sequence: Int, label: String? = nil, isSlate: Bool = false) throws {
        try publish(
            try Frame.filled([UInt8(16 + sequence % 200), 128, 128], pts: Int64(sequence)),
            .number(sequence, label: label, isSlate: isSlate))
    }
}
