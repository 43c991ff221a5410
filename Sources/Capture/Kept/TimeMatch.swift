/// Finds what a track beside the pictures has for each of them, by its time in seconds. Both come in the order of their times.
///
/// It holds two elements at most, whatever the track has.
struct TimeMatch<Element> {
    enum Step {
        case element(Element, at: Double)
        /// More may come later.
        case nothingYet
        case end
    }

    private typealias Timed = (time: Double, element: Element)
    /// The nearest one to the picture that is looked at.
    private var found: Timed?
    /// The next one, which may belong to a later picture.
    private var coming: Timed?

    /// Looks for a picture's element.
    ///
    /// - Parameters:
    ///   - tolerance: seconds.
    ///   - next: the track's next element.
    /// - Returns: false if the track must be read on for it.
    mutating func isReady(
        for time: Double, within tolerance: Double, _ next: () throws(CaptureError) -> Step
    ) throws(CaptureError) -> Bool {
        if let old = found, old.time < time - tolerance { found = nil }
        while true {
            if let one = coming {
                guard one.time <= time + tolerance else { return true }
                let isNearer = found.map { abs(one.time - time) < abs($0.time - time) } ?? true
                if one.time >= time - tolerance, isNearer { found = one }
                coming = nil
            }
            switch try next() {
            case .element(let element, let time): coming = (time, element)
            case .nothingYet: return false
            case .end: return true
            }
        }
    }

    /// What was found for the picture that was looked at last; nil: the track has nothing for it.
    mutating func take() -> Element? {
        defer { found = nil }
        return found?.element
    }
}
