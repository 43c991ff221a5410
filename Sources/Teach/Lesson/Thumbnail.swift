import CFFmpeg
import Infer
import Pipeline
import Serve

/// Makes small JPEGs of pictures as a classifier gets them. For one thread at a time.
final class Thumbnail {
    private let picture: FramePool
    private let small: FramePool
    private let scaler: Scaler
    private let jpeg = JPEGEncoder(quality: 80)
    private let bytesPerRow: Int

    /// Pixels of the longer side.
    private static let largest = 96

    init(width: Int, height: Int, _ colour: ModelCard.Colour) throws(FFmpegError) {
        let (format, colours) =
            switch colour {
            case .rgb: (AV_PIX_FMT_RGB24, 3)
            case .bgr: (AV_PIX_FMT_BGR24, 3)
            case .grey: (AV_PIX_FMT_GRAY8, 1)
            }
        bytesPerRow = width * colours
        let tags = ColourTags(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_RGB)
        let base = AVRational(num: 1, den: 1)
        let scale = min(1, Double(Self.largest) / Double(max(width, height)))
        let whole = VideoFormat(width: width, height: height, pixelFormat: format, colour: tags, timeBase: base)
        let shrunk = VideoFormat(
            width: max(1, Int((Double(width) * scale).rounded())),
            height: max(1, Int((Double(height) * scale).rounded())), pixelFormat: AV_PIX_FMT_GBRP, colour: tags,
            sampleAspectRatio: base, timeBase: base)
        picture = try FramePool(whole)
        small = try FramePool(shrunk)
        scaler = try Scaler(from: Scaler.Side(whole), to: Scaler.Side(shrunk), scale < 1 ? .area : .exact)
    }

    /// - Parameter pixels: `[height, width, colours]`.
    func jpeg(_ pixels: [UInt8]) throws -> [UInt8] {
        let frame = try picture.frame(index: 0, pts: 0, duration: 0, timeBase: AVRational(num: 1, den: 1))
        let target = UnsafeMutableRawPointer(shim_plane(frame.av, 0)!)
        let step = Int(shim_bytes_per_row(frame.av, 0))
        pixels.withUnsafeBytes { pixels in
            for row in 0..<frame.height {
                (target + row * step).copyMemory(
                    from: pixels.baseAddress! + row * bytesPerRow, byteCount: bytesPerRow)
            }
        }
        let shrunk = try small.frame(timedLike: frame)
        try scaler.scale(frame, into: shrunk)
        return try jpeg.encode(shrunk) { [UInt8]($0) }
    }
}
