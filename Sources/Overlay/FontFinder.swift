import CFreeType

/// A font's file, and which of the fonts in it.
struct FontFile: Equatable {
    let path: String
    let index: Int
}

/// Asks Fontconfig which file holds a font.
enum FontFinder {
    enum Weight { case regular, bold }

    /// A path is taken as it is, anything else is the name of a family; nil is the system's sans-serif.
    static func find(_ name: String?, _ weight: Weight = .bold) throws(OverlayError) -> FontFile {
        if let name, name.contains("/") || name.hasSuffix(".ttf") || name.hasSuffix(".otf") || name.hasSuffix(".ttc") {
            return FontFile(path: name, index: 0)
        }
        let found = match(family: name ?? "sans-serif", weight, covering: nil)
        guard let found else { throw .noFonts }
        // Fontconfig always has something to offer, so look whether it is what was asked for.
        if let name, !generic.contains(name.lowercased()),
            !found.families.contains(where: { $0.lowercased() == name.lowercased() })
        {
            throw .noSuchFont(family: name)
        }
        return found.file
    }

    /// A font that has a character which the chosen one lacks.
    static func find(covering character: Unicode.Scalar) -> FontFile? {
        match(family: "sans-serif", .bold, covering: character)?.file
    }

    private static let generic: Set = ["sans-serif", "sans", "serif", "monospace", "system-ui"]

    private static func match(
        family: String, _ weight: Weight, covering character: Unicode.Scalar?
    ) -> (file: FontFile, families: [String])? {
        guard FcInit() == FcTrue, let wanted = FcPatternCreate() else { return nil }
        defer { FcPatternDestroy(wanted) }
        FcPatternAddString(wanted, FC_FAMILY, family)
        FcPatternAddInteger(wanted, FC_WEIGHT, weight == .bold ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR)
        FcPatternAddBool(wanted, FC_OUTLINE, FcTrue)
        let characters = FcCharSetCreate()
        defer { FcCharSetDestroy(characters) }
        if let character {
            FcCharSetAddChar(characters, character.value)
            FcPatternAddCharSet(wanted, FC_CHARSET, characters)
        }
        FcConfigSubstitute(nil, wanted, FcMatchPattern)
        FcDefaultSubstitute(wanted)
        var result = FcResultMatch
        guard let found = FcFontMatch(nil, wanted, &result) else { return nil }
        defer { FcPatternDestroy(found) }
        var covered: OpaquePointer?
        if let character {
            guard FcPatternGetCharSet(found, FC_CHARSET, 0, &covered) == FcResultMatch,
                FcCharSetHasChar(covered, character.value) == FcTrue
            else { return nil }
        }
        var index: Int32 = 0
        guard let path = string(found, FC_FILE, 0) else { return nil }
        FcPatternGetInteger(found, FC_INDEX, 0, &index)
        var families: [String] = []
        while let family = string(found, FC_FAMILY, Int32(families.count)) { families.append(family) }
        return (FontFile(path: path, index: Int(index)), families)
    }

    private static func string(_ pattern: OpaquePointer, _ key: String, _ number: Int32) -> String? {
        var text: UnsafeMutablePointer<FcChar8>?
        guard FcPatternGetString(pattern, key, number, &text) == FcResultMatch, let text else { return nil }
        return String(cString: text)
    }
}
