package import Pipeline

/// How a picture came from the one before it, where that is known.
package enum Motion: Sendable, Equatable {
    case still
    /// The camera moved: a place p was at `scale` * p + `offset`, in pixels.
    case camera(scale: Double, offset: SIMD2<Double>)
    /// An object moved over a background that stood.
    case object(from: PixelBox, to: PixelBox)

    /// Where a place of this picture was in the one before; nil where it was hidden.
    package func origin(of point: SIMD2<Double>) -> SIMD2<Double>? {
        switch self {
        case .still: return point
        case .camera(let scale, let offset): return point * scale + offset
        case .object(let before, let now):
            if now.contains(point) { return point - (now.corner - before.corner) }
            return before.contains(point) ? nil : point
        }
    }
}

extension PixelBox {
    fileprivate var corner: SIMD2<Double> { SIMD2(Double(x0), Double(y0)) }

    fileprivate func contains(_ point: SIMD2<Double>) -> Bool {
        point.x >= Double(x0) && point.x < Double(x1) && point.y >= Double(y0) && point.y < Double(y1)
    }

    /// - Parameter peak: a pixel.
    package func contains(_ peak: Peak) -> Bool {
        (x0..<max(x0, x1)).contains(peak.x) && (y0..<max(y0, y1)).contains(peak.y)
    }
}
