import CPango

/// Draws lines of text in one font and size, each once: what it drew before is at hand.
final class Typesetter {
    /// In pixels, of a line of text: from its top to the base line, and to the next line's top.
    let ascent: Int
    let lineHeight: Int

    /// Which part of a text goes where it is too long.
    enum Edge { case start, end }

    private struct Key: Hashable {
        let text: String
        let room: Int?
        let edge: Edge
    }

    private let font: Font
    private let context: UnsafeMutableRawPointer
    private let description: OpaquePointer
    private let pixelAspect: Double
    /// Of the margin around letters, in pixels; 0: they are drawn without.
    private let margin: Double
    private var known: [Key: TextImage] = [:]
    /// In bytes, of the images that are known.
    private var used = 0
    private static let mostUsed = 8 << 20

    /// - Parameters:
    ///   - size: height of the font in pixels.
    ///   - pixelAspect: width of a pixel to its height, so that letters have their shape on the screen.
    init(_ font: Font, size: Int, pixelAspect: Double = 1, isOutlined: Bool) {
        self.font = font
        self.pixelAspect = pixelAspect
        margin = isOutlined ? max(1, Double(size) / 14) : 0
        description = pango_font_description_copy(font.description)
        pango_font_description_set_absolute_size(description, Double(size) * Double(PANGO_SCALE))
        let context = pango_font_map_create_context(font.library.map)!
        pango_context_set_font_description(context, description)
        // Hinted vertically only, so that letters and their spacing keep their shape.
        let options = cairo_font_options_create()
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT)
        pango_cairo_context_set_font_options(context, options)
        cairo_font_options_destroy(options)
        var matrix = PangoMatrix(xx: 1 / pixelAspect, xy: 0, yx: 0, yy: 1, x0: 0, y0: 0)
        pango_context_set_matrix(context, &matrix)
        self.context = UnsafeMutableRawPointer(context)
        let metrics = pango_context_get_metrics(context, description, nil)
        ascent = Self.pixels(pango_font_metrics_get_ascent(metrics))
        lineHeight = max(
            Self.pixels(pango_font_metrics_get_height(metrics)),
            ascent + Self.pixels(pango_font_metrics_get_descent(metrics)))
        pango_font_metrics_unref(metrics)
    }

    deinit {
        shim_unref(context)
        pango_font_description_free(description)
    }

    /// In pixels, of a text that nothing shortens.
    func width(_ text: String) -> Int {
        let layout = Layout(text, self)
        return across(layout.logical.width)
    }

    /// A text as wide as it is, or, with room for it, shortened at one end to that many pixels.
    func image(_ text: String, within room: Int? = nil, losing edge: Edge = .end) -> TextImage {
        let whole = kept(Key(text: text, room: nil, edge: .end))
        guard let room, whole.advance > room else { return whole }
        return kept(Key(text: text, room: max(room, 0), edge: edge))
    }

    private func kept(_ key: Key) -> TextImage {
        if let image = known[key] { return image }
        let image = draw(key)
        if used + image.size > Self.mostUsed { (known, used) = ([:], 0) }
        known[key] = image
        used += image.size
        return image
    }

    private func draw(_ key: Key) -> TextImage {
        let layout = Layout(key.text, self)
        if let room = key.room { layout.shorten(to: Double(room) * pixelAspect, losing: key.edge) }
        let (ink, logical) = (layout.ink, layout.logical)
        let edge = margin.rounded(.up) + 1
        let left = Int(((ink.x - logical.x) / pixelAspect - edge).rounded(.down))
        let top = Int((ink.y - layout.baseline - edge).rounded(.down))
        let width = Int(((ink.x - logical.x + ink.width) / pixelAspect + edge).rounded(.up)) - left
        let height = Int((ink.y - layout.baseline + ink.height + edge).rounded(.up)) - top
        guard ink.width > 0, ink.height > 0, let letters = Canvas(CAIRO_FORMAT_ARGB32, width, height) else {
            return TextImage(advance: across(logical.width))
        }
        letters.place(layout, left: left, top: top, pixelAspect)
        pango_cairo_show_layout(letters.cairo, layout.handle)
        var outline: [UInt8]?
        if margin > 0, let around = Canvas(CAIRO_FORMAT_A8, width, height) {
            around.place(layout, left: left, top: top, pixelAspect)
            pango_cairo_layout_path(around.cairo, layout.handle)
            // The pen is as wide as high on the screen's pixels, not on the letters' ones.
            cairo_identity_matrix(around.cairo)
            cairo_set_line_width(around.cairo, 2 * margin)
            cairo_set_line_join(around.cairo, CAIRO_LINE_JOIN_ROUND)
            cairo_stroke_preserve(around.cairo)
            cairo_fill(around.cairo)
            outline = around.values(UInt8.self)
        }
        return TextImage(
            advance: across(logical.width), ascent: Int((layout.baseline - ink.y).rounded(.up)),
            descent: Int((ink.y + ink.height - layout.baseline).rounded(.up)), left: left, top: top, width: width,
            height: height, letters: letters.values(UInt32.self), outline: outline)
    }

    /// Of a length in the text's own measure, in pixels.
    private func across(_ length: Double) -> Int { Int((length / pixelAspect).rounded(.up)) }

    private static func pixels(_ units: Int32) -> Int { Int((Double(units) / Double(PANGO_SCALE)).rounded(.up)) }

    /// A text as Pango lays it out. Lengths are in pixels as high as wide, from the layout's top left corner.
    private final class Layout {
        let handle: OpaquePointer

        init(_ text: String, _ typesetter: Typesetter) {
            handle = pango_layout_new(OpaquePointer(typesetter.context))
            let text = CleanText.clean(text)
            pango_layout_set_text(handle, text, Int32(text.utf8.count))
            pango_layout_set_single_paragraph_mode(handle, 1)
        }

        deinit { shim_unref(UnsafeMutableRawPointer(handle)) }

        func shorten(to room: Double, losing edge: Edge) {
            pango_layout_set_ellipsize(handle, edge == .start ? PANGO_ELLIPSIZE_START : PANGO_ELLIPSIZE_END)
            pango_layout_set_width(handle, Int32(min(room, 1e5) * Double(PANGO_SCALE)))
        }

        typealias Box = (x: Double, y: Double, width: Double, height: Double)

        var ink: Box { box(pango_layout_get_extents, isInk: true) }
        var logical: Box { box(pango_layout_get_extents, isInk: false) }
        var baseline: Double { Double(pango_layout_get_baseline(handle)) / Double(PANGO_SCALE) }

        private func box(
            _ extents: (OpaquePointer?, UnsafeMutablePointer<PangoRectangle>?, UnsafeMutablePointer<PangoRectangle>?)
                -> Void, isInk: Bool
        ) -> Box {
            var rectangle = PangoRectangle()
            if isInk { extents(handle, &rectangle, nil) } else { extents(handle, nil, &rectangle) }
            let unit = Double(PANGO_SCALE)
            return (
                Double(rectangle.x) / unit, Double(rectangle.y) / unit, Double(rectangle.width) / unit,
                Double(rectangle.height) / unit
            )
        }
    }

    /// Pixels that cairo draws on.
    private final class Canvas {
        private let surface: OpaquePointer
        let cairo: OpaquePointer
        private let width: Int
        private let height: Int

        init?(_ format: cairo_format_t, _ width: Int, _ height: Int) {
            guard let surface = cairo_image_surface_create(format, Int32(width), Int32(height)) else { return nil }
            guard cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS, let cairo = cairo_create(surface) else {
                cairo_surface_destroy(surface)
                return nil
            }
            (self.surface, self.cairo, self.width, self.height) = (surface, cairo, width, height)
            cairo_set_source_rgb(cairo, 1, 1, 1)
        }

        deinit {
            cairo_destroy(cairo)
            cairo_surface_destroy(surface)
        }

        /// The pen's first position comes to (-left, -top).
        func place(_ layout: Layout, left: Int, top: Int, _ pixelAspect: Double) {
            cairo_translate(cairo, Double(-left), Double(-top))
            cairo_scale(cairo, 1 / pixelAspect, 1)
            cairo_move_to(cairo, -layout.logical.x, -layout.baseline)
        }

        /// `[height, width]`.
        func values<Value: BitwiseCopyable>(_: Value.Type) -> [Value] {
            cairo_surface_flush(surface)
            let stride = Int(cairo_image_surface_get_stride(surface))
            guard let bytes = cairo_image_surface_get_data(surface) else { return [] }
            var values: [Value] = []
            values.reserveCapacity(width * height)
            for y in 0..<height {
                let row = UnsafeRawPointer(bytes + y * stride).assumingMemoryBound(to: Value.self)
                values.append(contentsOf: UnsafeBufferPointer(start: row, count: width))
            }
            return values
        }
    }
}
