/// How the raw maps of a class are made steady over time.
package enum MapFilter: String, Decodable, Sendable, CaseIterable {
    /// Moving average whose past fades exponentially.
    case exponential
    /// The same with a time constant that shrinks while the map moves.
    case oneEuro = "one-euro"
    /// Median over a window of time.
    case median

    /// - Parameter timeConstant: in seconds, above 0.
    func make(timeConstant: Double) -> any TemporalFilter {
        switch self {
        case .exponential: ExponentialFilter(timeConstant: timeConstant)
        case .oneEuro: OneEuroFilter(timeConstant: timeConstant)
        case .median: MedianFilter(timeConstant: timeConstant)
        }
    }
}

/// Filters the maps of one class over time, cell by cell, and remembers what it needs for that.
///
/// A map counts for the time since the one before it, so that the frame rate does not matter: of maps that stand still
/// in between, any number gives the same result. Memory is kept and used again.
protocol TemporalFilter: AnyObject {
    /// Seconds, above 0: for about so long the past counts in a picture that stands still.
    var timeConstant: Double { get set }

    /// Replaces a raw map by the filtered one.
    ///
    /// - Parameters:
    ///   - map: Float `[height, width]`, always the same number; the first one is left as it is.
    ///   - elapsed: seconds since the map before, at least 0.
    func filter(_ map: inout [Float], after elapsed: Double)

    /// Forgets the past.
    func forget()

    /// Has all that is remembered changed in place as the picture moves: each map on its own.
    func move(_ change: (UnsafeMutableBufferPointer<Float>) -> Void)
}
