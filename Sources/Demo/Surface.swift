import CCairo

/// Pixels that cairo draws on: 32 bits each, B G R A in memory on a little-endian machine, premultiplied by alpha.
final class Surface {
    let handle: OpaquePointer
    let width: Int
    let height: Int

    /// Transparent pixels of its own.
    init(width: Int, height: Int) throws(DrawingError) {
        handle = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, Int32(width), Int32(height))
        (self.width, self.height) = (width, height)
        do throws(DrawingError) {
            try DrawingError.check(cairo_surface_status(handle))
        } catch {
            cairo_surface_destroy(handle)  // since a class's deinit does not run for what init did not finish
            throw error
        }
    }

    /// Someone else's opaque pixels, which must outlive this object.
    ///
    /// - Parameter bytesPerRow: a multiple of 4.
    init(
        drawingOn pixels: UnsafeMutableRawPointer, width: Int, height: Int, bytesPerRow: Int
    ) throws(DrawingError) {
        handle = cairo_image_surface_create_for_data(
            pixels.assumingMemoryBound(to: UInt8.self), CAIRO_FORMAT_RGB24, Int32(width), Int32(height),
            Int32(bytesPerRow))
        (self.width, self.height) = (width, height)
        do throws(DrawingError) {
            try DrawingError.check(cairo_surface_status(handle))
        } catch {
            cairo_surface_destroy(handle)
            throw error
        }
    }

    deinit { cairo_surface_destroy(handle) }

    /// A larger copy, bilinear.
    func enlarged(width: Int, height: Int) throws(DrawingError) -> Surface {
        let result = try Surface(width: width, height: height)
        let canvas = Canvas(result)
        canvas.scale(x: Double(width) / Double(self.width), y: Double(height) / Double(self.height))
        canvas.paint(self, operation: .source, extend: .edge)
        try canvas.check()
        return result
    }

    /// Lets all that was drawn reach the pixels.
    func flush() { cairo_surface_flush(handle) }

    /// Lends the pixels, rows of `bytesPerRow` bytes, to read or write them.
    func withPixels<Result>(_ body: (_ pixels: UnsafeMutableRawPointer, _ bytesPerRow: Int) -> Result) -> Result {
        cairo_surface_flush(handle)
        defer { cairo_surface_mark_dirty(handle) }
        return body(
            UnsafeMutableRawPointer(cairo_image_surface_get_data(handle)),
            Int(cairo_image_surface_get_stride(handle)))
    }
}

/// Why cairo could not draw: with sizes that `SceneSettings` allows, memory that is short.
package struct DrawingError: Error, Equatable, CustomStringConvertible {
    private let status: cairo_status_t

    static func check(_ status: cairo_status_t) throws(DrawingError) {
        guard status == CAIRO_STATUS_SUCCESS else { throw DrawingError(status: status) }
    }

    /// cairo's own words.
    package var description: String { String(cString: cairo_status_to_string(status)) }
}
