import CCairo
import Glibc

/// A cairo context: builds paths and fills or strokes them. y goes down, angles are in radians and clockwise.
final class Canvas {
    private let cairo: OpaquePointer

    init(_ surface: Surface) {
        cairo = cairo_create(surface.handle)
        cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND)
    }

    deinit { cairo_destroy(cairo) }

    /// - Throws: the first error since this canvas was made; cairo draws nothing more after one.
    func check() throws(DrawingError) { try DrawingError.check(cairo_status(cairo)) }

    // MARK: Where

    /// Undoes what the body changes of the transformation, the clip and the source.
    func saved(_ body: () -> Void) {
        cairo_save(cairo)
        body()
        cairo_restore(cairo)
    }

    func translate(_ x: Double, _ y: Double) { cairo_translate(cairo, x, y) }
    func rotate(_ angle: Double) { cairo_rotate(cairo, angle) }
    func scale(_ factor: Double) { cairo_scale(cairo, factor, factor) }
    func scale(x: Double, y: Double) { cairo_scale(cairo, x, y) }

    /// Keeps what is drawn from now on inside the path.
    func clip(_ path: () -> Void) {
        cairo_new_path(cairo)
        path()
        cairo_clip(cairo)
    }

    // MARK: Paths

    func move(_ x: Double, _ y: Double) { cairo_move_to(cairo, x, y) }
    func line(_ x: Double, _ y: Double) { cairo_line_to(cairo, x, y) }

    /// A cubic Bézier curve to (x, y).
    func curve(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ x: Double, _ y: Double) {
        cairo_curve_to(cairo, x1, y1, x2, y2, x, y)
    }

    func close() { cairo_close_path(cairo) }

    /// Continues the path along a circle, clockwise from one angle to the other.
    func arc(_ x: Double, _ y: Double, _ radius: Double, from: Double, to: Double) {
        cairo_arc(cairo, x, y, radius, from, to)
    }

    func arcBack(_ x: Double, _ y: Double, _ radius: Double, from: Double, to: Double) {
        cairo_arc_negative(cairo, x, y, radius, from, to)
    }

    func circle(_ x: Double, _ y: Double, _ radius: Double) {
        cairo_new_sub_path(cairo)
        cairo_arc(cairo, x, y, radius, 0, 2 * .pi)
        cairo_close_path(cairo)
    }

    func ellipse(_ x: Double, _ y: Double, _ radiusX: Double, _ radiusY: Double) {
        cairo_save(cairo)
        cairo_translate(cairo, x, y)
        cairo_scale(cairo, radiusX, radiusY)
        circle(0, 0, 1)
        cairo_restore(cairo)
    }

    func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, corner: Double = 0) {
        guard corner > 0 else { return cairo_rectangle(cairo, x, y, width, height) }
        cairo_new_sub_path(cairo)
        cairo_arc(cairo, x + width - corner, y + corner, corner, -.pi / 2, 0)
        cairo_arc(cairo, x + width - corner, y + height - corner, corner, 0, .pi / 2)
        cairo_arc(cairo, x + corner, y + height - corner, corner, .pi / 2, .pi)
        cairo_arc(cairo, x + corner, y + corner, corner, .pi, 1.5 * .pi)
        cairo_close_path(cairo)
    }

    func polygon(_ points: [(x: Double, y: Double)]) {
        for (number, point) in points.enumerated() {
            if number == 0 { move(point.x, point.y) } else { line(point.x, point.y) }
        }
        close()
    }

    // MARK: Drawing

    /// Fills what the body draws as a path.
    func fill(_ paint: Paint, _ path: () -> Void) {
        cairo_new_path(cairo)
        path()
        set(paint)
        cairo_fill(cairo)
    }

    /// Draws along the path, with round corners.
    ///
    /// - Parameter isCut: open ends are cut off straight rather than rounded.
    func stroke(_ paint: Paint, width: Double, isCut: Bool = false, _ path: () -> Void) {
        cairo_new_path(cairo)
        path()
        set(paint)
        cairo_set_line_width(cairo, width)
        cairo_set_line_cap(cairo, isCut ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND)
        cairo_stroke(cairo)
    }

    /// Fills an ellipse that is strongest in its middle and fades out to its rim: a shine, or with black a shade.
    func glow(_ x: Double, _ y: Double, _ radiusX: Double, _ radiusY: Double, _ rgb: UInt32, _ alpha: Double) {
        saved {
            translate(x, y)
            scale(x: radiusX, y: radiusY)
            // Two stops on the way out make it round off like a bell.
            let stops = [(0, 1), (0.3, 0.8), (0.65, 0.27), (1, 0)]
            fill(.radial(0, 0, 1, stops.map { ($0.0, Colour(rgb, alpha * $0.1)) })) { circle(0, 0, 1) }
        }
    }

    /// Covers everything within the clip.
    func paint(_ paint: Paint, operation: Operation = .over) {
        set(paint)
        cairo_set_operator(cairo, operation.cairo)
        cairo_paint(cairo)
        cairo_set_operator(cairo, CAIRO_OPERATOR_OVER)
    }

    /// Lays a surface over the picture with its top left corner at the origin.
    ///
    /// - Parameter opacity: 0...1.
    func paint(_ surface: Surface, opacity: Double = 1, operation: Operation = .over, extend: Extend = .nothing) {
        cairo_set_source_surface(cairo, surface.handle, 0, 0)
        let pattern = cairo_get_source(cairo)
        // Bilinear is what pixman has fast code for; surfaces are painted at half their size or larger.
        cairo_pattern_set_filter(pattern, CAIRO_FILTER_BILINEAR)
        cairo_pattern_set_extend(pattern, extend.cairo)
        cairo_set_operator(cairo, operation.cairo)
        if opacity < 1 { cairo_paint_with_alpha(cairo, opacity) } else { cairo_paint(cairo) }
        cairo_set_operator(cairo, CAIRO_OPERATOR_OVER)
    }

    enum Operation {
        case over
        /// Replaces what was there.
        case source
        /// Only where something is, in place of it.
        case inside
        /// Lightens and darkens around middle grey.
        case overlay

        fileprivate var cairo: cairo_operator_t {
            switch self {
            case .over: CAIRO_OPERATOR_OVER
            case .source: CAIRO_OPERATOR_SOURCE
            case .inside: CAIRO_OPERATOR_IN
            case .overlay: CAIRO_OPERATOR_OVERLAY
            }
        }
    }

    /// What lies beyond a surface's edge.
    enum Extend {
        case nothing
        /// The nearest pixel.
        case edge
        /// The surface again.
        case tiles

        fileprivate var cairo: cairo_extend_t {
            switch self {
            case .nothing: CAIRO_EXTEND_NONE
            case .edge: CAIRO_EXTEND_PAD
            case .tiles: CAIRO_EXTEND_REPEAT
            }
        }
    }

    private func set(_ paint: Paint) {
        switch paint {
        case .colour(let colour):
            cairo_set_source_rgba(cairo, colour.red, colour.green, colour.blue, colour.alpha)
        case .linear(let from, let to, let stops):
            set(cairo_pattern_create_linear(from.x, from.y, to.x, to.y), stops)
        case .radial(let centre, let radius, let focus, let stops):
            let inner = focus ?? centre
            set(cairo_pattern_create_radial(inner.x, inner.y, 0, centre.x, centre.y, radius), stops)
        }
    }

    private func set(_ gradient: OpaquePointer?, _ stops: [Paint.Stop]) {
        for (place, colour) in stops {
            cairo_pattern_add_color_stop_rgba(gradient, place, colour.red, colour.green, colour.blue, colour.alpha)
        }
        cairo_set_source(cairo, gradient)
        cairo_pattern_destroy(gradient)
    }
}
