import CBlend

/// Where lines of text are put together before they are drawn on a picture: coverage of a dark ground and of light
/// letters, and what has colours of its own.
final class TextPlate {
    /// In pixels.
    private(set) var width = 0
    private(set) var height = 0
    /// Coverage, `[height, width]`.
    private(set) var dark = Memory<UInt8>([])
    private(set) var light = Memory<UInt8>([])
    /// ARGB multiplied by alpha, `[height, width]`; empty while nothing is coloured.
    private var coloured: [UInt32] = []
    /// Of the three planes, once they are asked for.
    private var planes: [ColourPlane] = []

    /// Wipes the plate.
    ///
    /// - Parameter ground: coverage of the dark ground.
    func clear(width: Int, height: Int, ground: UInt8) {
        (self.width, self.height) = (width, height)
        let count = width * height
        if light.count < count {
            light = Memory(Array(repeating: 0, count: count))
            dark = Memory(Array(repeating: 0, count: count))
        }
        light.start.update(repeating: 0, count: count)
        dark.start.update(repeating: ground, count: count)
        coloured = []
        planes = []
    }

    /// Puts a text with its pen's first position at (x, baseLine).
    ///
    /// - Parameter strength: of its letters, 0...255.
    func add(_ image: TextImage, x: Int, baseLine: Int, strength: Int32 = 255) {
        let (left, top) = (Int32(x + image.left), Int32(baseLine + image.top))
        if let outline = image.outline {
            cblend_cover(
                dark.start, Int32(width), Int32(height), outline.start, left, top, Int32(image.width),
                Int32(image.height), 230)
        }
        cblend_cover(
            light.start, Int32(width), Int32(height), image.shape.start, left, top, Int32(image.width),
            Int32(image.height), strength)
        if let colours = image.colours { add(colours, of: image, Int(left), Int(top), UInt32(strength)) }
    }

    private func add(_ colours: Memory<UInt32>, of image: TextImage, _ left: Int, _ top: Int, _ strength: UInt32) {
        if coloured.isEmpty { coloured = Array(repeating: 0, count: width * height) }
        planes = []
        for v in max(-top, 0)..<max(min(image.height, height - top), max(-top, 0)) {
            for u in max(-left, 0)..<max(min(image.width, width - left), max(-left, 0)) {
                let pixel = colours.start[v * image.width + u]
                guard pixel != 0 else { continue }
                var faded: UInt32 = 0
                for shift in stride(from: UInt32(0), to: 32, by: 8) {
                    faded |= ((pixel >> shift & 0xff) * strength / 255) << shift
                }
                coloured[(top + v) * width + left + u] = faded
            }
        }
    }

    /// Draws it with its top left corner at a pixel of a panel; both are multiples of what a sample covers.
    func draw(x: Int, y: Int, dark darkColour: RGB, light lightColour: RGB, _ codes: CodeValues, on panel: Panel) {
        var coverage = cblend_coverage(
            dark: dark.start, light: light.start, stride: Int32(width), width: Int32(width), height: Int32(height))
        for number in 0..<3 {
            var target = panel.plane(number)
            cblend_stamp(
                &target, Int32(x), Int32(y), &coverage, codes.sample(darkColour, plane: number),
                codes.sample(lightColour, plane: number))
            guard !coloured.isEmpty else { continue }
            if planes.count <= number {
                planes.append(
                    ColourPlane(
                        coloured, width: width, height: height, plane: number, codes,
                        log2: (Int(target.log2_width), Int(target.log2_height))))
            }
            planes[number].lay(on: &target, x: x, y: y)
        }
    }
}
