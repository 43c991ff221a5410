/// Says at which pictures fragments begin, so that none is longer than a second and none is shorter than it must be.
/// By their times, since a camera's rate is not constant. All times are in microseconds.
struct FragmentClock {
    /// From the picture before the last to the last; before that, what the source promises.
    private(set) var interval: Int64
    private var start: Int64?
    private var last: Int64?

    private static let longest: Int64 = 1_000_000
    /// Clocks that count in thousandths round, and 30 pictures are 1.001 s in television.
    private static let tolerance: Int64 = 2000

    init(interval: Int64) { self.interval = interval }

    /// Tells of the next picture.
    ///
    /// - Parameter isAsked: whether a fragment must begin with it.
    mutating func begins(at time: Int64, isAsked: Bool = false) -> Bool {
        if let last, time > last { interval = time - last }
        last = time
        if let start, !isAsked {
            let length = time - start
            guard length >= Self.longest - Self.tolerance || length + interval > Self.longest + Self.tolerance else {
                return false
            }
        }
        start = time
        return true
    }
}
