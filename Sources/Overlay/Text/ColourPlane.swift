import CBlend

/// Coloured pixels as the samples of one plane, each with its opacity.
struct ColourPlane {
    let codes: Memory<UInt16>
    let opacities: Memory<UInt8>
    /// In samples.
    let width: Int
    let height: Int

    /// - Parameters:
    ///   - pixels: `[height, width]`, ARGB multiplied by alpha.
    ///   - plane: 0...2.
    ///   - log2: binary logarithms of the pixels that one sample covers.
    init(
        _ pixels: [UInt32], width: Int, height: Int, plane: Int, _ values: CodeValues, log2: (width: Int, height: Int)
    ) {
        (self.width, self.height) = (width >> log2.width, height >> log2.height)
        var codes = [UInt16](repeating: 0, count: self.width * self.height)
        var opacities = [UInt8](repeating: 0, count: codes.count)
        for y in 0..<self.height {
            for x in 0..<self.width {
                // Red, green, blue and alpha of the pixels under the sample: multiplied colours are those that add up.
                var sum = SIMD4<Double>.zero
                for v in y << log2.height..<(y + 1) << log2.height {
                    for u in x << log2.width..<(x + 1) << log2.width {
                        let pixel = pixels[v * width + u]
                        sum += SIMD4(
                            Double(pixel >> 16 & 0xff), Double(pixel >> 8 & 0xff), Double(pixel & 0xff),
                            Double(pixel >> 24))
                    }
                }
                guard sum.w > 0 else { continue }
                let colour = RGB(min(sum.x / sum.w, 1), min(sum.y / sum.w, 1), min(sum.z / sum.w, 1))
                codes[y * self.width + x] = UInt16(values.sample(colour, plane: plane))
                opacities[y * self.width + x] = UInt8(sum.w / Double(1 << (log2.width + log2.height)))
            }
        }
        (self.codes, self.opacities) = (Memory(codes), Memory(opacities))
    }

    /// - Parameters: x, y: of the top left corner, in pixels.
    func lay(on target: inout cblend_target, x: Int, y: Int) {
        var colours = cblend_colours(
            codes: codes.start, opacities: opacities.start, width: Int32(width), height: Int32(height))
        cblend_lay(&target, Int32(x), Int32(y), &colours)
    }
}
