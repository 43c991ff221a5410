import CFreeType

/// The letters of one size, each drawn once: its shape, and the shape with a margin around it.
final class Glyphs {
    struct Bitmap {
        /// From the pen's position on the base line to the bitmap's top left corner; y down.
        let left: Int
        let top: Int
        let width: Int
        let height: Int
        /// Where its coverage, `[height, width]`, begins in `coverage`.
        let offset: Int
    }

    struct Glyph {
        /// How far the pen moves on, in 64ths of a pixel.
        let advance: Int
        let shape: Bitmap
        let outline: Bitmap
        fileprivate let face: Int
        fileprivate let number: UInt32
    }

    /// Of all bitmaps, 0...255.
    private(set) var coverage: [UInt8] = []
    /// In pixels, of a line of text: from its top to the base line, and to the next line's top.
    let ascent: Int
    let lineHeight: Int

    private let library: FontLibrary
    /// The font that was asked for, then those that stood in for it.
    private var faces: [FontFace]
    private let stroker: FT_Stroker
    private var known: [Unicode.Scalar: Int] = [:]
    private var glyphs: [Glyph] = []

    /// - Parameters:
    ///   - size: height of the font in pixels.
    ///   - pixelAspect: width of a pixel to its height, so that letters have their shape on the screen.
    init(_ font: FontFile, size: Int, pixelAspect: Double) throws(OverlayError) {
        library = try FontLibrary(for: font)
        let face = try FontFace(library, font, size: size, pixelAspect: pixelAspect)
        faces = [face]
        var stroker: FT_Stroker?
        let code = FT_Stroker_New(library.handle, &stroker)
        guard code == 0, let stroker else { throw .cannotReadFont(path: font.path, cause: FontLibrary.text(code)) }
        self.stroker = stroker
        let radius = max(1.0, Double(size) / 14)
        FT_Stroker_Set(stroker, FT_Fixed(radius * 64), FT_STROKER_LINECAP_ROUND, FT_STROKER_LINEJOIN_ROUND, 0)
        ascent = face.ascent
        lineHeight = face.lineHeight
    }

    deinit { FT_Stroker_Done(stroker) }

    subscript(index: Int) -> Glyph { glyphs[index] }

    /// The glyph of a character, or of the box that stands for unknown ones.
    func index(of character: Unicode.Scalar) -> Int {
        if let index = known[character] { return index }
        let index = glyphs.count
        glyphs.append(draw(character))
        known[character] = index
        return index
    }

    /// How much nearer a glyph stands to the one before it, in 64ths of a pixel.
    func kerning(_ left: Int, _ right: Int) -> Int {
        guard glyphs[left].face == glyphs[right].face else { return 0 }
        return faces[glyphs[left].face].kerning(glyphs[left].number, glyphs[right].number)
    }

    private func draw(_ character: Unicode.Scalar) -> Glyph {
        var face = faces.indices.first { faces[$0].number(of: character) != 0 }
        if face == nil, let file = FontFinder.find(covering: character),
            let other = try? FontFace(library, file, size: faces[0].size, pixelAspect: faces[0].pixelAspect)
        {
            faces.append(other)
            face = faces.count - 1
        }
        let number = faces[face ?? 0].number(of: character)
        let nothing = Bitmap(left: 0, top: 0, width: 0, height: 0, offset: 0)
        guard let slot = faces[face ?? 0].load(number) else {
            return Glyph(advance: 0, shape: nothing, outline: nothing, face: face ?? 0, number: number)
        }
        var bitmaps = [nothing, nothing]
        for isOutline in [false, true] {
            var glyph: FT_Glyph?
            guard FT_Get_Glyph(slot, &glyph) == 0 else { continue }
            // A blank has nothing to stroke; it stays as it is.
            if isOutline { FT_Glyph_StrokeBorder(&glyph, stroker, 0, 1) }
            if FT_Glyph_To_Bitmap(&glyph, FT_RENDER_MODE_NORMAL, nil, 1) == 0, let glyph {
                bitmaps[isOutline ? 1 : 0] = take(glyph)
            }
            FT_Done_Glyph(glyph)
        }
        return Glyph(
            advance: Int(slot.pointee.advance.x), shape: bitmaps[0], outline: bitmaps[1], face: face ?? 0,
            number: number)
    }

    private func take(_ glyph: FT_Glyph) -> Bitmap {
        glyph.withMemoryRebound(to: FT_BitmapGlyphRec.self, capacity: 1) { drawn in
            let bitmap = drawn.pointee.bitmap
            let (width, height) = (Int(bitmap.width), Int(bitmap.rows))
            let offset = coverage.count
            for y in 0..<height {
                guard let row = bitmap.buffer.map({ $0 + y * Int(bitmap.pitch) }) else { break }
                coverage.append(contentsOf: UnsafeBufferPointer(start: row, count: width))
            }
            return Bitmap(
                left: Int(drawn.pointee.left), top: -Int(drawn.pointee.top), width: width, height: height,
                offset: offset)
        }
    }
}
