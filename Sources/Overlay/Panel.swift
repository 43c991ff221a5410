import CBlend
import CFFmpeg
import Pipeline

/// A rectangle of a picture's planes, to read or to draw on. Valid while the picture lives.
struct Panel {
    private let av: UnsafeMutablePointer<AVFrame>
    private let layout: PixelLayout
    /// In pixels of the picture; multiples of what a chroma sample covers.
    private let x: Int
    private let y: Int
    /// In pixels.
    let width: Int
    let height: Int

    init(_ frame: borrowing Frame, _ layout: PixelLayout, x: Int = 0, y: Int = 0, width: Int, height: Int) {
        self.init(av: frame.av, layout, x: x, y: y, width: width, height: height)
    }

    private init(
        av: UnsafeMutablePointer<AVFrame>, _ layout: PixelLayout, x: Int, y: Int, width: Int, height: Int
    ) {
        self.av = av
        self.layout = layout
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// A part of this one.
    func part(x: Int, y: Int, width: Int, height: Int) -> Panel {
        Panel(av: av, layout, x: self.x + x, y: self.y + y, width: width, height: height)
    }

    func plane(_ number: Int) -> cblend_target {
        let log2Width = number == 0 ? 0 : layout.log2ChromaWidth
        let log2Height = number == 0 ? 0 : layout.log2ChromaHeight
        let bytesPerRow = Int(shim_bytes_per_row(av, Int32(number)))
        let offset = (y >> log2Height) * bytesPerRow + (x >> log2Width) * layout.bytesPerSample
        return cblend_target(
            start: shim_plane(av, Int32(number)) + offset, stride: bytesPerRow,
            width: Int32(layout.width(ofPlane: number, forWidth: width)),
            height: Int32(layout.height(ofPlane: number, forHeight: height)), bits: Int32(layout.bitsPerSample),
            log2_width: Int32(log2Width), log2_height: Int32(log2Height))
    }

    /// Takes over another panel's samples, as far as both reach.
    func copy(_ other: Panel) {
        for number in 0..<3 {
            let source = other.plane(number)
            let target = plane(number)
            av_image_copy_plane(
                target.start, Int32(target.stride), source.start, Int32(source.stride),
                min(source.width, target.width) * Int32(layout.bytesPerSample), min(source.height, target.height))
        }
    }

    /// Repeats the last column of the part that is `used` pixels wide up to the panel's edge.
    func extend(from used: Int) {
        for number in 0..<3 {
            let target = plane(number)
            let last = layout.width(ofPlane: number, forWidth: used) - 1
            guard last + 1 < target.width else { continue }
            for row in 0..<Int(target.height) {
                let edge = target.start + row * target.stride + last * layout.bytesPerSample
                for column in 1..<Int(target.width) - last {
                    (edge + column * layout.bytesPerSample).update(from: edge, count: layout.bytesPerSample)
                }
            }
        }
    }

    /// Fills the pixels of a box, as far as they lie in the panel.
    func fill(_ box: PixelBox, _ colour: RGB, opacity: Double, _ codes: CodeValues) {
        for number in 0..<3 {
            var target = plane(number)
            cblend_fill(
                &target, Int32(box.x0), Int32(box.y0), Int32(box.x1), Int32(box.y1), Int32(opacity * 255),
                codes.sample(colour, plane: number))
        }
    }
}
