import CPango

/// A font that text begins with; letters that it lacks come from others of its library.
final class Font {
    enum Weight { case regular, bold }

    let library: FontLibrary
    /// Without a size.
    let description: OpaquePointer

    /// - Parameter name: a path is taken as it is, anything else is the name of a family; nil is the system's sans-serif.
    convenience init(_ name: String?, _ weight: Weight = .bold) throws(OverlayError) {
        try self.init(name, weight, in: FontLibrary(added: name.flatMap { Self.isPath($0) ? $0 : nil }))
    }

    init(_ name: String?, _ weight: Weight, in library: FontLibrary) throws(OverlayError) {
        let isFile = name.map(Self.isPath) ?? false
        let family = isFile ? FontLibrary.addedFamily : name ?? "sans-serif"
        guard let found = isFile ? Self.added(to: library) : Self.match(family, weight, library) else {
            throw .noFonts
        }
        defer { FcPatternDestroy(found) }
        // Fontconfig always has something to offer, so look whether it is what was asked for.
        guard isFile || name == nil || Self.generic.contains(family.lowercased()) || Self.isNamed(found, family)
        else { throw .noSuchFont(family: family) }
        self.library = library
        if isFile {
            // As it is in the file: neither thickened nor slanted.
            description = pango_fc_font_description_from_pattern(found, FcFalse)
        } else {
            description = pango_font_description_new()
            pango_font_description_set_weight(description, weight == .bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
        }
        pango_font_description_set_family(description, family)
    }

    deinit { pango_font_description_free(description) }

    static func isPath(_ name: String) -> Bool {
        name.contains("/") || [".ttf", ".otf", ".ttc", ".otc"].contains { name.lowercased().hasSuffix($0) }
    }

    private static let generic: Set = ["sans-serif", "sans", "serif", "monospace", "system-ui"]

    private static func match(_ family: String, _ weight: Weight, _ library: FontLibrary) -> OpaquePointer? {
        guard let wanted = FcPatternCreate() else { return nil }
        defer { FcPatternDestroy(wanted) }
        FcPatternAddString(wanted, FC_FAMILY, family)
        FcPatternAddInteger(wanted, FC_WEIGHT, weight == .bold ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR)
        FcConfigSubstitute(library.config, wanted, FcMatchPattern)
        FcDefaultSubstitute(wanted)
        var result = FcResultMatch
        return FcFontMatch(library.config, wanted, &result)
    }

    /// The file's font as it is: a match for a weight that it has not would be thickened.
    private static func added(to library: FontLibrary) -> OpaquePointer? {
        guard let fonts = FcConfigGetFonts(library.config, FcSetApplication) else { return nil }
        for number in 0..<Int(fonts.pointee.nfont) {
            guard let font = fonts.pointee.fonts[number], isNamed(font, FontLibrary.addedFamily) else { continue }
            FcPatternReference(font)
            return font
        }
        return nil
    }

    private static func isNamed(_ pattern: OpaquePointer, _ family: String) -> Bool {
        var number: Int32 = 0
        var text: UnsafeMutablePointer<FcChar8>?
        while FcPatternGetString(pattern, FC_FAMILY, number, &text) == FcResultMatch, let name = text {
            if String(cString: name).lowercased() == family.lowercased() { return true }
            number += 1
        }
        return false
    }
}
