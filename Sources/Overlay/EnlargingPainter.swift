package import Pipeline

/// Paints pictures, small ones after they were enlarged. To be used from one thread.
package final class EnlargingPainter: @unchecked Sendable {  // safe: one thread uses it at a time
    /// nil: pictures are drawn on in their own size.
    private let enlarger: Enlarger?
    private let painter: Painter

    /// - Parameters:
    ///   - input: of all pictures that come in.
    ///   - methods: what a comparison shows, as papers write it, in the order of the maps.
    package init(_ config: OverlayConfig, input: VideoFormat, methods: [String] = []) throws(OverlayError) {
        enlarger = config.enlarge ? try Enlarger(input) : nil
        painter = try Painter(config, input: enlarger?.format ?? input, methods: methods)
    }

    /// For the log; nil: there is nothing to tell.
    package var note: String? {
        enlarger.map {
            "small pictures are enlarged \($0.factor) times, to \($0.format.width)x\($0.format.height) (--no-enlarge: not)"
        }
    }

    /// Of the pictures that come out.
    package var outputFormat: VideoFormat { painter.outputFormat }

    /// - Returns: a new picture at the same time. The one that came in is only read.
    package func paint(_ explained: consuming Explained) throws(OverlayError) -> Frame {
        guard let enlarger else { return try painter.paint(explained) }
        return try painter.paint(try enlarger.enlarge(explained))
    }
}
