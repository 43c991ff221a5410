import CFFmpeg
import Glibc
import Pipeline

/// Where a picture of one shape lies in a frame of another: as large as possible, in the middle, not distorted.
struct Letterbox: Equatable {
    let x: Int
    let y: Int
    let width: Int
    let height: Int

    /// Sizes in pixels; `sampleAspectRatio`: shape of a pixel, taken for square if unknown.
    ///
    /// - Parameter frame: what to fit into. Offsets and sizes are multiples of what one of its chroma samples covers.
    init(
        width: Int, height: Int, sampleAspectRatio: AVRational, in frame: VideoFormat, _ layout: PixelLayout
    ) {
        let shape = Double(width) / Double(height) * Self.ratio(sampleAspectRatio)
        // In the frame's own pixels.
        let widthToHeight = shape / Self.ratio(frame.sampleAspectRatio)
        let frameShape = Double(frame.width) / Double(frame.height)
        let stepX = 1 << layout.log2ChromaWidth
        let stepY = 1 << layout.log2ChromaHeight
        func whole(_ length: Double, _ step: Int, _ largest: Int) -> Int {
            // A sliver of a border would only cost a copy.
            if length > Double(largest) - Double(step) { return largest }
            return min(largest, max(step, Int((length / Double(step)).rounded()) * step))
        }
        if widthToHeight >= frameShape {
            self.width = frame.width
            self.height = whole(Double(frame.width) / widthToHeight, stepY, frame.height)
        } else {
            self.width = whole(Double(frame.height) * widthToHeight, stepX, frame.width)
            self.height = frame.height
        }
        x = (frame.width - self.width) / 2 / stepX * stepX
        y = (frame.height - self.height) / 2 / stepY * stepY
    }

    func covers(_ frame: VideoFormat) -> Bool { width == frame.width && height == frame.height }

    /// Copies `picture`, which has this box's size, into a frame that is black otherwise.
    func place(_ picture: borrowing Frame, into frame: borrowing Frame, _ layout: PixelLayout, _ colour: ColourTags) {
        for number in 0..<3 {
            let (source, target) = (picture.plane(number, layout), frame.plane(number, layout))
            let isChroma = number > 0
            let left = x >> (isChroma ? layout.log2ChromaWidth : 0)
            let top = y >> (isChroma ? layout.log2ChromaHeight : 0)
            let black = Self.black(ofPlane: number, layout, colour)
            for row in 0..<target.height {
                Self.fill(target.row(row), target.width, black, layout.bytesPerSample)
            }
            for row in 0..<min(source.height, target.height - top) {
                memcpy(
                    target.row(top + row) + left * layout.bytesPerSample, source.row(row),
                    min(source.width, target.width - left) * layout.bytesPerSample)
            }
        }
    }

    private static func ratio(_ value: AVRational) -> Double {
        value.num > 0 && value.den > 0 ? Double(value.num) / Double(value.den) : 1
    }

    private static func black(ofPlane number: Int, _ layout: PixelLayout, _ colour: ColourTags) -> Int {
        if number > 0 && !layout.isRGB { return 1 << (layout.bitsPerSample - 1) }
        let isFull = layout.isRGB ? colour.range != AVCOL_RANGE_MPEG : colour.isFullRange
        return isFull ? 0 : 16 << (layout.bitsPerSample - 8)
    }

    private static func fill(_ row: UnsafeMutableRawPointer, _ count: Int, _ value: Int, _ bytesPerSample: Int) {
        if bytesPerSample == 1 {
            row.initializeMemory(as: UInt8.self, repeating: UInt8(value), count: count)
        } else {
            row.initializeMemory(as: UInt16.self, repeating: UInt16(value), count: count)
        }
    }
}
