import CFreeType

/// FreeType itself; outlives the faces that it opened.
final class FontLibrary {
    let handle: FT_Library

    /// - Parameter font: named in the error if FreeType does not start.
    init(for font: FontFile) throws(OverlayError) {
        var handle: FT_Library?
        let code = FT_Init_FreeType(&handle)
        guard code == 0, let handle else { throw .cannotReadFont(path: font.path, cause: Self.text(code)) }
        self.handle = handle
    }

    deinit { FT_Done_FreeType(handle) }

    static func text(_ code: FT_Error) -> String {
        if let text = shim_freetype_error(code) { return String(cString: text) }
        return code == FT_Err_Cannot_Open_Resource ? "it cannot be opened" : "FreeType's error \(code)"
    }
}

/// One font at one size.
final class FontFace {
    let size: Int
    let pixelAspect: Double
    private let face: FT_Face
    private let library: FontLibrary

    init(_ library: FontLibrary, _ font: FontFile, size: Int, pixelAspect: Double) throws(OverlayError) {
        self.library = library
        self.size = size
        self.pixelAspect = pixelAspect
        var face: FT_Face?
        let code = FT_New_Face(library.handle, font.path, FT_Long(font.index), &face)
        guard code == 0, let face else {
            throw .cannotReadFont(path: font.path, cause: FontLibrary.text(code))
        }
        self.face = face
        let across = max((Double(size) / pixelAspect).rounded(), 1)
        let sizeCode = FT_Set_Pixel_Sizes(face, FT_UInt(across), FT_UInt(size))
        guard sizeCode == 0 else {
            throw .cannotReadFont(path: font.path, cause: FontLibrary.text(sizeCode))
        }
    }

    deinit { FT_Done_Face(face) }

    /// In pixels, rounded up.
    var ascent: Int { (Int(face.pointee.size.pointee.metrics.ascender) + 63) / 64 }
    var lineHeight: Int { (Int(face.pointee.size.pointee.metrics.height) + 63) / 64 }

    /// 0 if the font does not have it.
    func number(of character: Unicode.Scalar) -> FT_UInt {
        FT_Get_Char_Index(face, FT_ULong(character.value))
    }

    func load(_ number: FT_UInt) -> FT_GlyphSlot? {
        FT_Load_Glyph(face, number, shim_load_outline) == 0 ? face.pointee.glyph : nil
    }

    func kerning(_ left: FT_UInt, _ right: FT_UInt) -> Int {
        var vector = FT_Vector()
        guard FT_Get_Kerning(face, left, right, FT_KERNING_DEFAULT.rawValue, &vector) == 0 else { return 0 }
        return Int(vector.x)
    }
}
