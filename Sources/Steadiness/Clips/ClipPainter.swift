import CFFmpeg
package import Demo
package import Pipeline

/// Draws the pictures of clips, all of one format. For use by one thread at a time.
package final class ClipPainter {
    package let format: VideoFormat
    private let stages: [Stage]
    private let pool: FramePool
    /// What cairo draws on.
    private let canvas: Frame
    private let scaler: Scaler
    private let layout: PixelLayout
    /// Of the last clip that has some.
    private var noise: (deviation: Double, sensor: SensorNoise)?

    /// - Parameter stages: the plates, in order, of twice the picture's size.
    package init(_ stages: [Stage], width: Int, height: Int) throws(FFmpegError) {
        self.stages = stages
        let rate = Int32(Clip.framesPerSecond)
        format = VideoFormat(
            width: width, height: height, pixelFormat: AV_PIX_FMT_YUV420P,
            colour: ColourTags(
                range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT709, primaries: AVCOL_PRI_BT709,
                transfer: AVCOL_TRC_BT709, chromaLocation: AVCHROMA_LOC_LEFT),
            sampleAspectRatio: AVRational(num: 1, den: 1), timeBase: AVRational(num: 1, den: rate),
            frameRate: AVRational(num: rate, den: 1))
        layout = PixelLayout(format.pixelFormat)!
        var drawn = format
        drawn.pixelFormat = AV_PIX_FMT_BGR0
        pool = try FramePool(format)
        canvas = try FramePool(drawn).frame(index: 0, pts: 0, duration: 0, timeBase: format.timeBase)
        scaler = try Scaler(from: Scaler.Side(drawn), to: Scaler.Side(format), .exact)
    }

    /// - Throws: `DrawingError` or `FFmpegError`: memory is short.
    package func frame(_ index: Int, of clip: Clip) throws -> Frame {
        let shot = clip.shots[index]
        try stages[shot.plate].draw(
            shot.view, object: shot.object, into: shim_plane(canvas.av, 0), width: format.width,
            height: format.height, bytesPerRow: Int(shim_bytes_per_row(canvas.av, 0)))
        let frame = try pool.frame(index: index, pts: Int64(index), duration: 1, timeBase: format.timeBase)
        try scaler.scale(canvas, into: frame)
        if clip.noise > 0 {
            if noise?.deviation != clip.noise { noise = (clip.noise, SensorNoise(deviation: clip.noise)) }
            noise?.sensor.add(to: frame.plane(0, layout), seed: UInt64(index) + 1)
        }
        return frame
    }

    /// As `Clip.motions`.
    package func motions(of clip: Clip) -> [Motion?] {
        clip.motions(width: format.width, height: format.height) { stages.last?.box(of: $0) }
    }

    /// Around the object of each picture, where one is.
    package func boxes(of clip: Clip) -> [PixelBox?] {
        clip.shots.map { shot in shot.object.flatMap { stages[shot.plate].box(of: $0) } }
    }
}
