import CPango

/// Characters that no font has, and where fonts for them come from.
package struct MissingGlyphs: Equatable {
    /// In the order of the names.
    let characters: [Unicode.Scalar]
    /// The first name that has one.
    let example: String
    /// How many names have one.
    let count: Int
    let total: Int

    /// - Parameters:
    ///   - names: what may be drawn, such as the classes of a model.
    ///   - font: as in `OverlayConfig.font`.
    /// - Returns: one line to tell; nil if every character of the names has a glyph.
    /// - Throws: `OverlayError` if there is no such font.
    package static func remark(_ names: [String], font: String?) throws(OverlayError) -> String? {
        // What every font has need not be looked up.
        guard names.contains(where: { name in name.utf8.contains { $0 > 127 } }) else { return nil }
        return MissingGlyphs(names, try Font(font).library)?.description
    }

    /// - Returns: nil if nothing is missing.
    init?(_ names: [String], _ library: FontLibrary) {
        var missing = Set(names.joined().unicodeScalars.filter(Self.isVisible))
        for kind in [FcSetSystem, FcSetApplication] {
            guard let fonts = FcConfigGetFonts(library.config, kind) else { continue }
            for number in 0..<Int(fonts.pointee.nfont) where !missing.isEmpty {
                var covered: OpaquePointer?
                guard let font = fonts.pointee.fonts[number],
                    FcPatternGetCharSet(font, FC_CHARSET, 0, &covered) == FcResultMatch
                else { continue }
                missing = missing.filter { FcCharSetHasChar(covered, $0.value) == FcFalse }
            }
        }
        let touched = names.filter { $0.unicodeScalars.contains(where: missing.contains) }
        guard let example = touched.first else { return nil }
        var seen: Set<Unicode.Scalar> = []
        characters = touched.joined().unicodeScalars.filter { missing.contains($0) && seen.insert($0).inserted }
        (self.example, count, total) = (CleanText.clean(example), touched.count, names.count)
    }

    /// Joiners, selectors of variants and the like have no shape of their own.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return scalar.value > 127 && !properties.isDefaultIgnorableCodePoint && !properties.isWhitespace
            && ![.control, .format, .lineSeparator, .paragraphSeparator].contains(properties.generalCategory)
    }

    /// Such as "2 of 4 class names have characters that no installed font has, …".
    package var description: String {
        let packages = packages
        let list =
            packages.count < 2
            ? packages.first : packages.dropLast().joined(separator: ", ") + " and " + packages[packages.count - 1]
        let font = "name a font that has them with overlay.font"
        let advice = list.map { "install \($0) (Debian), or \(font)" } ?? font
        return "\(count) of \(total) class names have characters that no installed font has, such as "
            + "\(characters[0]) in '\(example)': they are drawn as boxes with their codes; \(advice)"
    }

    /// Debian's packages, those that most characters need first.
    var packages: [String] {
        var counts: [String: Int] = [:]
        for character in characters {
            if let package = Self.package(for: character) { counts[package, default: 0] += 1 }
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }

    /// The package of Debian 12 whose fonts have a character; nil: none is known.
    static func package(for scalar: Unicode.Scalar) -> String? {
        switch scalar.properties.generalCategory {
        case .unassigned, .privateUse, .surrogate: return nil
        default: break
        }
        if scalar.properties.isEmojiPresentation { return "fonts-noto-color-emoji" }
        // Punctuation and forms of letters that go with Han.
        if [0x3000...0x303f, 0x3200...0x33ff, 0xfe30...0xfe4f, 0xff00...0xffef].contains(where: { $0 ~= scalar.value })
        {
            return "fonts-noto-cjk"
        }
        switch g_unichar_get_script(scalar.value) {
        case G_UNICODE_SCRIPT_HAN, G_UNICODE_SCRIPT_HIRAGANA, G_UNICODE_SCRIPT_KATAKANA, G_UNICODE_SCRIPT_HANGUL,
            G_UNICODE_SCRIPT_BOPOMOFO:
            return "fonts-noto-cjk"
        default: return "fonts-noto-core"
        }
    }
}
