import CPango

/// What the font is called that text is drawn with.
package enum FontName {
    /// - Parameter font: as in `OverlayConfig.font`.
    /// - Returns: its family.
    /// - Throws: `OverlayError` if there is no such font, or none at all.
    package static func found(_ font: String?) throws(OverlayError) -> String {
        let font = try Font(font)
        let context = pango_font_map_create_context(font.library.map)!
        defer { shim_unref(UnsafeMutableRawPointer(context)) }
        guard let loaded = pango_context_load_font(context, font.description) else { throw .noFonts }
        defer { shim_unref(UnsafeMutableRawPointer(loaded)) }
        let description = pango_font_describe(loaded)
        defer { pango_font_description_free(description) }
        return pango_font_description_get_family(description).map { String(cString: $0) } ?? ""
    }
}
