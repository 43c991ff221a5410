import CFFmpeg
import Overlay
import Pipeline
import TestSupport
import Testing

/// A picture's format that a test may name.
func videoFormat(
    _ name: String, width: Int, height: Int, _ colour: ColourTags = ColourTags(),
    sampleAspectRatio: AVRational = AVRational(num: 1, den: 1)
) -> VideoFormat {
    VideoFormat(
        width: width, height: height, pixelFormat: av_get_pix_fmt(name), colour: colour,
        sampleAspectRatio: sampleAspectRatio, timeBase: AVRational(num: 1, den: 25))
}

/// A new picture whose samples are `value(plane, x, y)`.
func picture(_ format: VideoFormat, _ value: (Int, Int, Int) -> Int) throws -> Frame {
    let layout = try #require(PixelLayout(format.pixelFormat))
    let blank = try #require(av_frame_alloc())
    let seed = Frame(adopting: blank, index: 7, pts: 42, duration: 3, timeBase: format.timeBase)
    let frame = try FramePool(format).frame(timedLike: seed)
    for number in 0..<3 {
        let plane = frame.plane(number, layout)
        plane.fill(layout.bytesPerSample) { x, y in value(number, x, y) }
    }
    return frame
}

/// A picture of noise that uses all of the samples' bits.
func noisePicture(_ format: VideoFormat, seed: UInt64 = 1) throws -> Frame {
    var noise = Noise(seed)
    let bits = try #require(PixelLayout(format.pixelFormat)).bitsPerSample
    return try picture(format) { _, _, _ in Int.random(in: 0..<1 << bits, using: &noise) }
}

/// The samples of three planes, `[plane][y][x]`.
func samples(_ frame: borrowing Frame) throws -> [[[Int]]] {
    let layout = try #require(PixelLayout(frame.pixelFormat))
    return [0, 1, 2].map { frame.plane($0, layout).samples(layout.bytesPerSample) }
}

/// All rows of three planes, one after the other: quicker to compare than samples.
func bytes(_ frame: borrowing Frame) throws -> [UInt8] {
    let layout = try #require(PixelLayout(frame.pixelFormat))
    var bytes: [UInt8] = []
    for number in 0..<3 {
        let plane = frame.plane(number, layout)
        for y in 0..<plane.height {
            let row = UnsafeRawBufferPointer(start: plane.row(y), count: plane.width * layout.bytesPerSample)
            bytes.append(contentsOf: row)
        }
    }
    return bytes
}

/// A second owner of the same pixels, as a decoder keeps one.
func shared(_ frame: borrowing Frame) throws -> Frame {
    Frame(adopting: try #require(av_frame_clone(frame.av)), timedLike: frame)
}

func explained(_ frame: consuming Frame, _ maps: [Heatmap], names: [String] = ["Egyptian cat"]) -> Explained {
    let classes = (0..<max(maps.count, names.count)).map { i in
        Prediction(classID: i, label: i < names.count ? names[i] : "class \(i)", probability: 0.821 / Float(i + 1))
    }
    return Explained(
        frame: frame, top: classes, observations: zip(classes, maps).map { Observation(prediction: $0, heatmap: $1) })
}

extension OverlayConfig {
    /// The heat and nothing else.
    static func heat(_ blend: Blend, opacity: Double = 0.6, _ colormap: Colormap = .jet) -> OverlayConfig {
        var config = OverlayConfig()
        config.blend = blend
        config.opacity = opacity
        config.colormap = colormap
        config.labels = .none
        config.colourBar = false
        return config
    }
}

extension Heatmap {
    static func noise(_ width: Int, _ height: Int, _ region: Region, seed: UInt64 = 3) -> Heatmap {
        var noise = Noise(seed)
        return Heatmap(height: height, width: width, values: noise.values(width * height), region: region)
    }
}

/// The smallest box around all samples that are not `ground`.
func rectangle(_ plane: [[Int]], differingFrom ground: Int) -> PixelBox? {
    var box: PixelBox?
    for (y, row) in plane.enumerated() {
        guard let first = row.firstIndex(where: { $0 != ground }),
            let last = row.lastIndex(where: { $0 != ground })
        else { continue }
        box = PixelBox(
            x0: min(box?.x0 ?? first, first), y0: box?.y0 ?? y, x1: max(box?.x1 ?? 0, last + 1), y1: y + 1)
    }
    return box
}
