import CFFmpeg
import Evaluate
import Pipeline

/// A picture as large as the model sees it: the whole of it, also where the model sees a part. Heat, boxes and masks are compared
/// there.
struct EvaluationCanvas {
    let width: Int
    let height: Int
    /// From the picture's pixels.
    let scale: (x: Double, y: Double)

    /// Of a picture that is very long.
    private static let longest = 1024.0

    /// - Parameters:
    ///   - region: the part of the picture that the whole input shows.
    ///   - input: its size.
    init(_ format: VideoFormat, region: Region, input: (width: Int, height: Int)) {
        let width = Double(format.width) * Double(input.width) / region.width
        let height = Double(format.height) * Double(input.height) / region.height
        let shrink = min(1, Self.longest / max(width, height))
        self.width = max(1, Int((width * shrink).rounded()))
        self.height = max(1, Int((height * shrink).rounded()))
        scale = (Double(self.width) / Double(format.width), Double(self.height) / Double(format.height))
    }

    func field(_ map: Heatmap) -> HeatField {
        HeatField(map.scaled(x: scale.x, y: scale.y), width: width, height: height)
    }

    /// The picture's luma, 8-bit `[height, width]`.
    func luma(of picture: borrowing Frame, _ format: VideoFormat) throws(FFmpegError) -> [UInt8] {
        let small = VideoFormat(
            width: width, height: height, pixelFormat: AV_PIX_FMT_GBRP,
            colour: ColourTags(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_RGB), timeBase: format.timeBase)
        let frame = try FramePool(small).frame(timedLike: picture)
        let isShrunk = width < format.width && height < format.height
        try Scaler(
            from: Scaler.Side(placingChromaOf: format.withRangeInTag), to: Scaler.Side(small),
            isShrunk ? .area : .bilinear
        ).scale(picture, into: frame)
        guard let layout = PixelLayout(small.pixelFormat) else { return [UInt8](repeating: 0, count: width * height) }
        // Green, blue and red, with BT.601's weights.
        let planes = (0..<3).map { frame.plane($0, layout) }
        var luma: [UInt8] = []
        luma.reserveCapacity(width * height)
        for y in 0..<height {
            let rows = planes.map { $0.row(y).assumingMemoryBound(to: UInt8.self) }
            for x in 0..<width {
                let (green, blue, red) = (Int(rows[0][x]), Int(rows[1][x]), Int(rows[2][x]))
                luma.append(UInt8((587 * green + 114 * blue + 299 * red + 500) / 1000))
            }
        }
        return luma
    }

    /// What is known of a picture, here.
    ///
    /// - Returns: or why nothing can be said.
    /// - Throws: `DataError` of a mask that cannot be read.
    func truth(_ picture: LabelledPicture, _ format: VideoFormat, isTrimap: Bool) throws(DataError) -> Result<
        Truth, Mismatch
    > {
        let (pictureWidth, pictureHeight) = (Double(format.width), Double(format.height))
        var boxes = picture.boxes.map { picture.areShares ? $0.scaled(x: pictureWidth, y: pictureHeight) : $0 }
            .compactMap { $0.inside(width: pictureWidth, height: pictureHeight) }
        if boxes.isEmpty, !picture.boxes.isEmpty { return .failure(.boxesOutside(format.width, format.height)) }
        var mask: TrueMask?
        if let path = picture.mask {
            let full = try TrueMask(path: path, isTrimap: isTrimap)
            guard full.width == format.width, full.height == format.height else {
                return .failure(.otherSize(full.width, full.height, format.width, format.height))
            }
            guard let box = full.box else { return .failure(.emptyMask) }
            boxes = [box]
            mask = full.resized(width: width, height: height)
        }
        return .success(
            Truth(width: width, height: height, boxes: boxes.map { $0.scaled(x: scale.x, y: scale.y) }, mask: mask))
    }

    /// What does not fit the picture.
    enum Mismatch: Error, CustomStringConvertible {
        case boxesOutside(Int, Int)
        case otherSize(Int, Int, Int, Int)
        case emptyMask

        var description: String {
            switch self {
            case .boxesOutside(let width, let height):
                "its boxes lie outside the image, which has \(width)x\(height) pixels"
            case .otherSize(let width, let height, let pictureWidth, let pictureHeight):
                "its mask has \(width)x\(height) pixels, and the image \(pictureWidth)x\(pictureHeight)"
            case .emptyMask: "its mask has no object"
            }
        }
    }
}
